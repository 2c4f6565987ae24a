"""Measures the house under a load that no city will reach."""
