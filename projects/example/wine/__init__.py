"""Grades wines from their chemistry: clean, train, evaluate. Each is a program of one step."""
