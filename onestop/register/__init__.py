"""Registers (sổ theo dõi hồ sơ) that one-stop programs export: columns recognised, rows read, entered."""
