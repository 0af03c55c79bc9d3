"""What draws documents: typefaces, ReportLab, pypdf, WeasyPrint."""
