"""What the mill is made of: its sites, lines, units, kinds of equipment, quantities, materials."""

from __future__ import annotations

from typing import Final

SITES: Final = (
    ("RAV", "Ravnsund mill", "Norway", 1906, 1450),
    ("ALD", "Aldermere mill", "United Kingdom", 1954, 820),
    ("BRI", "Brisemont mill", "France", 1988, 310),
)

LINES: Final = (
    ("PM1", "paper machine 1", "RAV", "paper", "newsprint", 1974),
    ("PM2", "paper machine 2", "RAV", "paper", "magazine paper", 1991),
    ("PL1", "pulp line 1", "RAV", "pulp", "bleached pulp", 1969),
    ("PB1", "power boiler 1", "RAV", "energy", "steam", 1983),
    ("WT1", "water treatment 1", "RAV", "water", None, 1979),
    ("BM3", "board machine 3", "ALD", "paper", "carton board", 1998),
    ("RF1", "recovered fibre line 1", "ALD", "fibre", "recovered pulp", 2001),
    ("PB2", "power boiler 2", "ALD", "energy", "steam", 2003),
    ("WT2", "water treatment 2", "ALD", "water", None, 1998),
    ("TM4", "tissue machine 4", "BRI", "paper", "tissue", 2011),
    ("WT3", "water treatment 3", "BRI", "water", None, 2011),
)

UNITS: Final = {
    "paper": {
        "STP": ("stock preparation", "pulper, dump chest, refiner 3, blend chest, machine chest, stock pump 2"),
        "APF": ("approach flow", "wire pit, fan pump, cleaner 4, deaerator, machine screen 2"),
        "WET": ("wet end", "headbox, couch roll, forward drive roll, vacuum pump 3, save-all, white water tank"),
        "PRS": ("press section", "pick-up roll, press roll 4, press pit pump, hydraulic pump 2"),
        "DRY": ("dryer section", "drying cylinder 18, condensate pump 3, hood fan 4, heat recovery exchanger 2"),
        "SIZ": ("size press", "size tank, size pump, size press roll 2, starch cooker"),
        "REE": ("reel and winder", "calender roll 2, reel drum, winder drum 2, roll conveyor 3"),
        "CHM": ("chemical supply", "storage tank 4, agitator 4, dosing pump 5"),
    },
    "pulp": {
        "WDY": ("wood yard", "log conveyor 2, debarking drum, chipper 2, chip conveyor 3, chip screen 2"),
        "COK": ("cooking", "chip bin, digester, liquor pump 3, liquor exchanger 2, blow tank"),
        "WSH": ("washing", "drum washer 4, wash press 2, filtrate tank 3, filtrate pump 3"),
        "BLE": ("bleaching", "bleach tower 3, chlorine dioxide pump 2, peroxide pump 2, bleach washer 3"),
        "EVA": ("evaporation", "evaporator 6, vapour condenser 2, black liquor tank 2, black liquor pump 3"),
        "REC": ("chemical recovery", "recovery boiler, smelt tank, green liquor pump 2, lime kiln, slaker"),
    },
    "fibre": {
        "SRT": ("sorting", "bale conveyor 3, drum pulper, coarse screen 2, detrasher"),
        "DEI": ("deinking", "flotation cell 5, foam tank, flotation pump 3, dispersing mixer 2"),
        "THK": ("thickening", "disc filter 2, screw press 2, medium consistency pump 2, storage tower 2"),
    },
    "energy": {
        "FUE": ("fuel handling", "bark bunker, bark conveyor 3, oil tank, oil pump 2"),
        "BOI": (
            "boiler house",
            "boiler, feed water tank, feed water pump 3, air fan 2, flue gas fan 2, ash conveyor 2",
        ),
        "TUR": (
            "turbine hall",
            "steam turbine, turbine condenser, condenser pump 2, cooling tower 2, air compressor 3",
        ),
    },
    "water": {
        "INT": ("water intake", "intake screen 2, intake pump 3, sand filter 4, clean water tank"),
        "EFF": (
            "effluent treatment",
            "effluent pump 3, clarifier 2, aeration basin 2, aeration blower 4, outlet flume",
        ),
        "SLU": ("sludge handling", "sludge tank, sludge pump 2, belt press 2, sludge conveyor"),
    },
}
"""Units by kind of line: code, then name and equipment in the order of the flow, with how many in parallel."""

KINDS: Final = {
    "pump": ("PU", "pump"),
    "fan": ("FA", "fan blower"),
    "tank": ("TK", "tank chest pit bin bunker tower basin flume clarifier deaerator"),
    "exchanger": ("HX", "exchanger condenser evaporator"),
    "roll": ("RO", "roll cylinder drum"),
    "conveyor": ("CV", "conveyor"),
    "screen": ("SC", "screen cleaner filter save-all detrasher"),
    "compressor": ("CO", "compressor"),
    "agitator": ("AG", "agitator mixer"),
    "boiler": ("BO", "boiler digester cooker kiln turbine"),
    "machine": ("MA", ""),
    "motor": ("MO", ""),
    "valve": ("VA", ""),
}
"""Kinds of equipment: their code, and the last words of the names that are of that kind."""

DRIVEN: Final = frozenset({"pump", "fan", "roll", "conveyor", "compressor", "agitator", "machine", "screen"})
MODELS: Final = {
    "pump": ("Torv 80-250", "Torv 100-315", "Torv 150-400", "Hydra MC-6", "Vakumat V3"),
    "motor": ("Ampera 160L", "Ampera 225S", "Ampera 315M", "Dynamo IE4-90", "Dynamo IE4-250"),
    "fan": ("Zephyr 900", "Zephyr 1400", "Brisa 63"),
    "valve": ("Segmo 100", "Segmo 200", "Kugel 150"),
}
FLUIDS: Final = {"paper": "stock", "pulp": "pulp", "fibre": "stock", "energy": "water", "water": "water"}
MEASURED: Final = {
    "pump": "flow pressure vibration",
    "fan": "vibration pressure speed",
    "tank": "level temperature consistency",
    "exchanger": "temperature pressure flow",
    "roll": "vibration speed temperature",
    "conveyor": "speed current",
    "screen": "pressure flow consistency",
    "compressor": "pressure temperature vibration",
    "agitator": "current vibration",
    "boiler": "temperature pressure level flow",
    "machine": "current vibration speed",
    "motor": "current temperature",
    "valve": "position",
}
QUANTITIES: Final = {
    "flow": ("FT", "m3/h", 0, 600),
    "pressure": ("PT", "bar", 0, 16),
    "temperature": ("TT", "degC", 0, 250),
    "level": ("LT", "%", 0, 100),
    "vibration": ("VT", "mm/s", 0, 25),
    "consistency": ("CT", "%", 0, 12),
    "speed": ("ST", "rpm", 0, 1800),
    "current": ("IT", "A", 0, 400),
    "position": ("ZT", "%", 0, 100),
}
LOOPED: Final = {"flow": "FIC", "level": "LIC", "pressure": "PIC", "temperature": "TIC", "consistency": "CIC"}
MATERIALS: Final = {
    "softwood logs": ("WDY", False),
    "hardwood chips": ("WDY COK", False),
    "waste paper bales": ("SRT", False),
    "bleached softwood pulp": ("STP", False),
    "potato starch": ("SIZ", False),
    "retention aid": ("CHM WET", False),
    "alum": ("CHM INT", False),
    "calcium carbonate": ("CHM STP", False),
    "caustic soda": ("COK BLE DEI", True),
    "hydrogen peroxide": ("BLE DEI", True),
    "chlorine dioxide": ("BLE", True),
    "sulphuric acid": ("BLE EFF", True),
    "soap": ("DEI", False),
    "bark": ("FUE", False),
    "heavy fuel oil": ("FUE REC", True),
    "burnt lime": ("REC", True),
    "polymer": ("SLU THK", False),
    "nitrogen fertiliser": ("EFF", False),
    "biocide": ("CHM", True),
    "wet strength resin": ("CHM", True),
    "talc": ("", False),
    "optical brightener": ("", False),
}

CREWS: Final = (
    ("MEC", "mechanical crew", "mechanic"),
    ("ELE", "electrical crew", "electrician"),
    ("INS", "instrument crew", "instrument technician"),
    ("SHA", "shift A", "operations"),
    ("SHB", "shift B", "operations"),
    ("SHC", "shift C", "operations"),
)
"""Each site's crews: code, name, trade."""

ROUTINES: Final = ("clean", "overhaul", "lubricate", "inspect", "change oil of", "calibrate instruments of")
"""What is done for no other reason than the calendar."""

UNDONE: Final = ("planned", "planned", "in progress", "waiting for parts", "cancelled")
"""How a job stands that is not done; what is there twice is twice as likely."""

FAULTS: Final = (
    ("bearing wear", "high", "pump motor fan roll conveyor compressor agitator screen machine"),
    ("seal leak", "medium", "pump agitator compressor valve screen"),
    ("cavitation", "medium", "pump"),
    ("imbalance", "medium", "fan roll motor machine"),
    ("misalignment", "medium", "pump motor fan compressor conveyor"),
    ("overheating", "high", "motor compressor boiler roll"),
    ("winding failure", "critical", "motor"),
    ("blockage", "medium", "screen pump tank exchanger conveyor valve"),
    ("fouling", "low", "exchanger boiler tank screen"),
    ("corrosion", "medium", "tank exchanger boiler valve"),
    ("crack", "critical", "roll boiler tank machine"),
    ("stuck valve", "high", "valve"),
    ("belt slip", "low", "conveyor fan machine"),
    ("lubrication loss", "high", "roll conveyor compressor machine agitator"),
    ("steam leak", "critical", "boiler exchanger valve"),
    ("cover loose", "low", "conveyor tank machine fan"),
)
"""Faults: name, severity, kinds of equipment that have it."""

COMPONENTS: Final = (
    (
        "spherical roller bearing",
        "bearing",
        "22210 22214 22218 22222 22228 22234",
        "roll conveyor agitator screen machine",
        "01",
    ),
    ("ball bearing", "bearing", "6205 6208 6310 6312 6316 6319 6322", "pump motor fan", "01"),
    ("mechanical seal", "seal", "28mm 33mm 43mm 53mm 65mm 80mm 100mm", "pump agitator compressor screen", "02"),
    ("coupling insert", "transmission", "K85 K110 K140 K160 K200", "pump fan compressor", "05"),
    ("impeller", "wear part", "210 260 315 360 410 460", "pump", "03"),
    ("wear ring", "wear part", "W1 W2 W3 W4 W5", "pump", "03"),
    ("v-belt", "transmission", "SPA1250 SPA1600 SPB2000 SPB2650 SPC3150", "fan conveyor machine", "13"),
    ("gasket set", "seal", "DN50 DN80 DN100 DN150 DN200 DN300", "exchanger boiler tank valve pump", "02 15"),
    ("tube bundle", "heat transfer", "T12 T18 T24", "exchanger", "09 10"),
    ("valve seat", "wear part", "S50 S80 S100 S150", "valve", "02"),
    ("positioner", "instrumentation", "PX1 PX2 PX3", "valve", "12"),
    ("diaphragm actuator", "instrumentation", "A20 A35 A60", "valve", "12"),
    ("stator winding", "electrical", "160L 225S 315M", "motor", "07"),
    ("motor fan cover", "electrical", "160 225 315", "motor", "06 16"),
    ("frequency drive", "electrical", "FD15 FD37 FD90 FD250", "motor", "06"),
    ("screen basket", "wear part", "0.15mm 0.20mm 0.35mm 1.4mm", "screen", "08"),
    ("rotor foil", "wear part", "RF4 RF6 RF8", "screen agitator", "04"),
    ("conveyor belt", "transmission", "B650 B800 B1000 B1400", "conveyor", "13"),
    ("idler roller", "bearing", "108 133 159", "conveyor", "01"),
    ("doctor blade", "wear part", "D3 D5 D7", "roll", ""),
    ("roll cover", "wear part", "rubber polyurethane ceramic", "roll", "11"),
    ("steam joint", "seal", "SJ40 SJ65 SJ80", "roll", "15"),
    ("fan wheel", "wear part", "900 1120 1400", "fan", "04"),
    ("air filter", "filter", "AF24 AF48 AF96", "compressor fan", "06"),
    ("oil filter", "filter", "OF10 OF20 OF32", "compressor machine", "14"),
    ("grease cartridge", "lubricant", "LG2 LG3", "roll conveyor motor", "14"),
    ("level probe", "instrumentation", "LP1 LP2", "tank", ""),
    ("manhole gasket", "seal", "M500 M600", "tank boiler", "02"),
    ("refractory brick", "heat transfer", "RB230 RB345", "boiler", "06"),
    ("safety valve", "safety", "SV25 SV40 SV65", "boiler", "15"),
    ("knife set", "wear part", "K4 K6 K10", "machine", ""),
    ("gearbox oil", "lubricant", "G150 G220 G320", "machine conveyor agitator", "14"),
)
"""Components: name, category, sizes, kinds of equipment they are fitted to, numbers of the faults they remedy."""

SUPPLIERS: Final = (
    ("Torvik Pumps", "Norway"),
    ("Ampera Motors", "Germany"),
    ("Kugelhof Valves", "Germany"),
    ("Segmo Controls", "Sweden"),
    ("Lagerhus Bearings", "Sweden"),
    ("Northgate Seals", "United Kingdom"),
    ("Joints Delvaux", "France"),
    ("Courroies du Rhin", "France"),
    ("Zephyr Fans", "Italy"),
    ("Brightwell Filters", "United Kingdom"),
    ("Oslofjord Industrial", "Norway"),
    ("Fennick and Sons", "United Kingdom"),
    ("Dynamo Elettrica", "Italy"),
    ("Screenworks Oy", "Finland"),
    ("Rullatek Oy", "Finland"),
    ("Atelier Morvane", "France"),
    ("Hartmoor Engineering", "United Kingdom"),
    ("Vakuumtech", "Germany"),
    ("Skogland Timber", "Norway"),
    ("Chimie de l'Ouest", "France"),
    ("Boreal Chemicals", "Finland"),
    ("Kingsferry Fuels", "United Kingdom"),
    ("Amidon Valclair", "France"),
    ("Redcap Recycling", "United Kingdom"),
    ("Peroxal", "Belgium"),
    ("Kalkvik Minerals", "Norway"),
    ("Albion Pigments", "United Kingdom"),
    ("Greenmoor Biofuels", "United Kingdom"),
    ("Saltwick Chlorine", "United Kingdom"),
    ("Tannhaus Logistik", "Germany"),
)
"""Suppliers: name, country; the last twelve deliver materials."""
