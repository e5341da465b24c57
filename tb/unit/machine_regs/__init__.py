"""Tests of machine_regs."""
