"""Tests of players and recorder, alone and around a machine."""
