"""How fast the small model is tuned, beside TRL's SFTTrainer: same weights, batches, loss, precision and threads.

    make bench-finetune ARGS="--threads 2 --steps 12"

Both sides are given the same tokens and labels, the same adapter to start from and the same batches in the same order;
fp32, no gradient checkpointing. The data are the demo manual's pairs, made as a user makes them. Each side runs in a
process of its own, by turns; of its rounds the fastest counts. The first step is not timed. Tokens are those of the
examples: padding is not counted, and a beginning that prompts share is counted for each example.

`tokens_per_cpu_s` is per second of processor time, which neighbours on the machine disturb least; with one thread it is
the wall clock's on a quiet machine. Both adapters are measured on the same validation examples by our own stack.
"""
