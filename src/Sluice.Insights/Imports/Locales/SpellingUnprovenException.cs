namespace Sluice.Insights.Imports.Locales;

/// <summary>A value means one of two things, and what was read of the file so far doesn't tell which; the whole file may.</summary>
internal sealed class SpellingUnprovenException() : Exception("The file has to be surveyed before it is read.");
