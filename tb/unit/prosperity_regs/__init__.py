"""Tests of prosperity_regs."""
