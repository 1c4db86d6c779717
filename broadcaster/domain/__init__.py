"""Decisions about people, time and state: plain functions without input, output or a clock."""
