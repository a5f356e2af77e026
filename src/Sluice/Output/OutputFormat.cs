namespace Sluice.Output;

public enum OutputFormat
{
    Table,
    Csv,
    Json,
}
