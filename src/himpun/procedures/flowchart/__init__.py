"""The flowchart of a procedure as one geometry, drawn as SVG and in the PDF. Pure."""
