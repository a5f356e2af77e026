using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Simulator.Answering;
using Sluice.Simulator.Billing;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator;

/// <summary>A running simulator of Amazon Bedrock, listening on real sockets.</summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Simulation _world;
    private readonly BillFile? _billFile;
    private bool _stopped;

    private SimulatorHost(WebApplication app, Simulation world, BillFile? billFile)
    {
        (_app, _world, _billFile) = (app, world, billFile);
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        Addresses = [.. addresses.Select(address => new Uri(address))];
    }

    /// <summary>Where it listens, with the ports that were really taken.</summary>
    public ImmutableArray<Uri> Addresses { get; }

    /// <summary>The first of <see cref="Addresses"/>: the endpoint URL to give to an SDK.</summary>
    public Uri Address => Addresses[0];

    /// <summary>What AWS would charge for what was answered so far.</summary>
    public SimulatorBill Bill => _world.Bill;

    /// <summary>The last requests, the oldest first, as many as <see cref="SimulatorOptions.LogCapacity"/> allows.</summary>
    public IReadOnlyList<SimulatedRequest> Log => _world.Log.Last;

    /// <summary>Starts one.</summary>
    /// <param name="options">How it behaves.</param>
    /// <param name="time">The clock that latencies, cache lifetimes, quotas and the bill go by; the system's by default.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="SimulatorStartException">An option can't be used, or a port is taken.</exception>
    public static async Task<SimulatorHost> StartAsync(SimulatorOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        time ??= TimeProvider.System;
        var world = new Simulation(options, time);
        BillFile? billFile = null;
        WebApplication? app = null;
        try
        {
            billFile = options.BillPath is null ? null : new BillFile(options.BillPath, world.Bill, options.AccountId, time);
            app = Build(options);
            var front = new Front(world, app.Lifetime.ApplicationStopping);
            app.Run(front.HandleAsync);
            await app.StartAsync(cancellationToken);
            return new SimulatorHost(app, world, billFile);
        }
        catch (Exception e)
        {
            if (app is not null)
                await app.DisposeAsync();
            billFile?.Dispose();
            world.Dispose();
            if (e is IOException { InnerException: AddressInUseException } or AddressInUseException or SocketException)
                throw new SimulatorStartException($"The simulator can't listen on {string.Join(", ", options.Urls)}: the address is already in use. Stop what listens there, or give --urls another port; port 0 takes a free one.", e);
            throw;
        }
    }

    /// <summary>
    /// Waits until no request is under way. What was answered is on the bill and in the log before its caller has the whole
    /// answer; only a call whose client went away may still be about to be written down.
    /// </summary>
    public Task WhenIdleAsync(CancellationToken cancellationToken = default) => _world.InFlight.WhenIdleAsync(cancellationToken);

    /// <summary>As after the start: nothing cached, logged or billed, and the next request is the first.</summary>
    public void Reset() => _world.Reset();

    /// <summary>Stops listening, cuts what is still under way, and writes the bill a last time.</summary>
    public async Task StopAsync()
    {
        if (_stopped)
            return;
        _stopped = true;
        await _app.StopAsync();
        _billFile?.Dispose();
        _world.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(SimulatorOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowAlternateSchemes = true;
            kestrel.AllowSynchronousIO = false;
            // The longest body is AWS's, and so is the refusal of a longer one.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            // Requests carry ARNs, tokens and metadata in their headers.
            kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
            foreach (var url in options.Urls)
                Listen(kestrel, url);
        });
        return builder.Build();
    }

    private static void Listen(KestrelServerOptions kestrel, string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != "http")
            throw new SimulatorStartException($"The simulator can't listen on '{url}'; give --urls an address such as http://127.0.0.1:8089.");
        if (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address))
            kestrel.Listen(address, uri.Port, PriorKnowledge.Use);
        else if (uri.Host == "localhost")
            kestrel.Listen(IPAddress.Loopback, uri.Port, PriorKnowledge.Use);
        else
            kestrel.ListenAnyIP(uri.Port, PriorKnowledge.Use);
    }
}
