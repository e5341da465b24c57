"""Tests of axil_slave."""
