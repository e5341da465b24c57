"""Examples: networks and how they were made."""
