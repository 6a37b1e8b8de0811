"""Types and rules shared by all packages: enums, facts, billing periods."""
