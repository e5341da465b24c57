"""A second, naive path to every result, which shares no code with the models."""
