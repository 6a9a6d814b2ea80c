"""Archives of sheets: many files read in many processes, the digits kept in Parquet."""
