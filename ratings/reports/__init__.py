"""A digest told: as text, page, picture, workbook and JSON, the same numbers everywhere. Pure."""
