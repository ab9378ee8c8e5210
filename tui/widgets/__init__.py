"""The widgets of the terminal app. Data text is never markup."""
