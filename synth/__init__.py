"""Area, timing and relative energy of a machine's RTL by synthesis."""
