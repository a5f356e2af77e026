namespace Sluice.Core.Alerts;

/// <summary>Tells the owner. It never waits and never throws: whoever notices trouble has other things to do.</summary>
public delegate void RaiseAlert(Alert alert);
