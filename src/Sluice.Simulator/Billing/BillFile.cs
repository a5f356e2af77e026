namespace Sluice.Simulator.Billing;

/// <summary>
/// Keeps the bill on disk: once a second while it changes, and at the end. It is written beside its place and moved there,
/// so that whoever reads it, even after the process was killed, has a whole bill.
/// </summary>
internal sealed class BillFile : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly SimulatorBill _bill;
    private readonly string _payerAccountId;
    private readonly ITimer _timer;
    private long _written = -1;

    /// <exception cref="SimulatorStartException">The file can't be written.</exception>
    public BillFile(string path, SimulatorBill bill, string payerAccountId, TimeProvider time)
    {
        (_path, _bill, _payerAccountId) = (path, bill, payerAccountId);
        try
        {
            Write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorStartException($"The bill can't be written to '{path}' ({e.Message}); give --bill a file in a folder that exists and can be written to.", e);
        }
        _timer = time.CreateTimer(_ => TryWrite(), null, Period, Period);
    }

    public void Dispose()
    {
        _timer.Dispose();
        TryWrite();
    }

    /// <summary>A disk that is full for a while may not end the simulator; the next second tries again.</summary>
    private void TryWrite()
    {
        try
        {
            Write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private void Write()
    {
        lock (_gate)
        {
            var version = _bill.Version;
            if (version == _written)
                return;
            var beside = _path + ".tmp";
            using (var file = new StreamWriter(beside))
                CurFile.Write(file, _bill, _payerAccountId);
            File.Move(beside, _path, overwrite: true);
            _written = version;
        }
    }
}
