using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Alerts;
using Sluice.Insights.Alerting;
using Sluice.Insights.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Insights.Tests.Alerting;

public sealed class AlertOutboxTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-alerts-");
    private readonly ManualTime _time = new();
    private readonly HttpReceiver _receiver = new();
    private readonly List<AlertStore> _stores = [];

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        foreach (var store in _stores)
            store.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task TheSameKindSubjectAndOccasionIsToldOnceHoweverOftenItIsRaised()
    {
        await using (var outbox = Open())
        {
            for (var i = 0; i < 10; i++)
                outbox.Raise(Alert("80"));
            Assert.Equal("80", await OccasionAsync());
            // The next threshold, and the same once its budget has changed, are other occasions.
            outbox.Raise(Alert("80"));
            outbox.Raise(Alert("100"));
            Assert.Equal("100", await OccasionAsync());
            outbox.Raise(Alert("80, revision 2"));
            Assert.Equal("80, revision 2", await OccasionAsync());
        }
        await using var next = Open();
        next.Raise(Alert("80"));
        next.Raise(Alert("last"));
        Assert.Equal("last", await OccasionAsync());
        Assert.Equal(4, _receiver.Count);
    }

    [Fact]
    public async Task WhatAReceiverThatIsAwayDoesNotTakeIsTriedUntilItIsBack()
    {
        await _receiver.StopAsync();
        await using var outbox = Open();
        outbox.Raise(Alert("80"));
        outbox.Raise(Alert("100"));
        await UntilAsync(() => Store.List(10) is [{ Deliveries: [{ Tries: >= 3 }] }, { Deliveries: [{ Tries: >= 3, Error: not null, State: DeliveryState.Waiting }] }], outbox);
        Assert.Equal(2, Store.Backlog().Waiting);
        _receiver.Start();
        string[] told = [await OccasionAsync(outbox), await OccasionAsync(outbox)];

        Assert.Equal(["100", "80"], told.Order());
        await UntilAsync(() => Store.Backlog().Waiting == 0, outbox);
        Assert.All(Store.List(10), a => Assert.Equal(DeliveryState.Delivered, Assert.Single(a.Deliveries).State));
        Assert.Equal(2, _receiver.Count);
    }

    [Fact]
    public async Task WhatWasKeptOutlivesTheProcess()
    {
        await _receiver.StopAsync();
        await using (var outbox = Open())
        {
            outbox.Raise(Alert("80"));
            await UntilAsync(() => Store.List(10) is [{ Deliveries: [{ Tries: >= 1 }] }], outbox);
        }
        _receiver.Start();
        await using var next = Open();
        Assert.Equal("80", await OccasionAsync(next));
    }

    [Fact]
    public async Task WhatIsRaisedJustBeforeTheEndIsKept()
    {
        await _receiver.StopAsync();
        await using (var outbox = Open())
        {
            for (var i = 0; i < 100; i++)
                outbox.Raise(Alert($"{i}"));
        }
        Assert.Equal(100, Store.List(1_000).Count);
    }

    /// <summary>A process that dies while it delivers leaves a claim that ends by itself.</summary>
    [Fact]
    public async Task AClaimOfADeadProcessIsTakenOverWhenItEnds()
    {
        var store = Store;
        store.Add(Alert("80"));
        store.Route(Options().Channels);
        Assert.NotNull(store.Claim("ops", TimeSpan.FromMinutes(2)));
        Assert.Null(store.Claim("ops", TimeSpan.FromMinutes(2)));
        await using var outbox = Open();
        Assert.Equal("80", await OccasionAsync(outbox));
    }

    [Fact]
    public async Task TwoProcessesTellNothingTwice()
    {
        await using var one = Open();
        await using var two = Open();
        for (var i = 0; i < 50; i++)
            (i % 2 == 0 ? one : two).Raise(Alert($"{i / 2}"));
        var told = new List<string>();
        for (var i = 0; i < 25; i++)
            told.Add(await OccasionAsync(one));
        Assert.Equal(25, told.Distinct().Count());
        await UntilAsync(() => Store.Backlog().Waiting == 0, two);
        Assert.Equal(25, _receiver.Count);
    }

    [Fact]
    public async Task AWeekWithoutBeingTakenIsGivenUpLoudlyAndCanBeSentAgain()
    {
        var log = new List<string>();
        await _receiver.StopAsync();
        await using var outbox = Open(log: log);
        outbox.Raise(Alert("80"));
        await UntilAsync(() => Store.List(1) is [{ Deliveries: [{ Tries: > 0 }] }], outbox);
        await UntilAsync(() => outbox.Backlog.GivenUp == 1, outbox, TimeSpan.FromHours(5));

        lock (log)
            Assert.Contains(log, line => line.Contains("is given up after a week", StringComparison.Ordinal) && line.Contains("sluice alerts resend", StringComparison.Ordinal));
        Assert.Equal((DeliveryState.GivenUp, true), (Store.List(1)[0].Deliveries[0].State, Store.List(1)[0].Deliveries[0].Tries > 20));
        _receiver.Start();
        Assert.Equal(1, Store.Resend(id: null));
        Assert.Equal("80", await OccasionAsync(outbox));
    }

    [Fact]
    public async Task AReceiverThatHangsHoldsUpNeitherWhoRaisesNorAnotherChannel()
    {
        var hang = new TaskCompletionSource();
        _receiver.Answer = (_, _) => hang.Task;
        await using var other = new HttpReceiver();
        await using var outbox = Open(Options() with { Channels = [Channel("ops", _receiver), Channel("other", other)] });
        outbox.Raise(Alert("80"));
        await other.NextAsync();
        // What is raised meanwhile is kept all the same.
        outbox.Raise(Alert("100"));
        await UntilAsync(() => Store.List(10).Count == 2, outbox, TimeSpan.Zero);

        hang.SetResult();
        _receiver.Answer = (_, response) =>
        {
            response.StatusCode = 204;
            return Task.CompletedTask;
        };
    }

    [Fact]
    public async Task WhatComesTooFastToBeKeptIsCountedAndNobodyWaits()
    {
        const int Raised = 20_000;
        var log = new List<string>();
        AlertOutbox outbox;
        await using (outbox = Open(new AlertOptions(), log))
        {
            var alert = Alert("");
            for (var i = 0; i < Raised; i++)
                outbox.Raise(alert with { Occasion = $"{i}" });
        }
        Assert.True(outbox.Dropped > 0, "a database that is written safely is slower than this loop");
        Assert.Equal(Raised, Store.List(Raised).Count + outbox.Dropped);
        Assert.Contains(log, line => line.Contains("were not kept because too many came at once", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatCallersProvokeIsToldAtOnceTheFirstTimeAndThenOnceAnHour()
    {
        await using var outbox = Open();
        for (var i = 0; i < 3_000; i++)
            outbox.Raise(Unpriced($"model-{i}"));
        outbox.Raise(Unpriced("model-7"));
        Assert.Contains("\"subject\":\"model-0\"", (await _receiver.NextAsync()).Text, StringComparison.Ordinal);
        await UntilAsync(() => !_receiver.IsEmpty, outbox, TimeSpan.FromMinutes(10));

        var bundle = (await _receiver.NextAsync()).Text;
        Assert.Contains("\"alerts\":\"2999\"", bundle, StringComparison.Ordinal);
        Assert.Contains("2998 more such alerts within the hour, for model-2, model-3, model-4, model-5, model-6 and others", bundle, StringComparison.Ordinal);
        Assert.Equal((2, 2), (_receiver.Count, Store.List(10).Count));
    }

    [Fact]
    public async Task WhatIsHeldAtTheEndIsKept()
    {
        await using (var outbox = Open(new AlertOptions()))
        {
            outbox.Raise(Unpriced("one"));
            outbox.Raise(Unpriced("two"));
        }
        Assert.Equal(["one", "two"], Store.List(10).Select(a => a.Alert.Subject).Order());
    }

    [Fact]
    public async Task TextsOfCallersCannotActOnWhoReadsThem()
    {
        await using var outbox = Open();
        outbox.Raise(Unpriced("\u001b]0;PWNED\u0007\u202E" + new string('x', 7_000)));
        var told = (await _receiver.NextAsync()).Text;
        Assert.True(told.Length < 2_000, told);
        Assert.DoesNotContain(told, c => char.IsControl(c) || c == '\u202E');
        Assert.DoesNotContain("\\u001b", told, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Store.List(1)[0].Alert.Title, char.IsControl);
    }

    [Fact]
    public async Task AChannelGetsItsKindsAndATestAlwaysGoes()
    {
        await using var limits = new HttpReceiver();
        await using var outbox = Open(new AlertOptions { Channels = [Channel("ops", _receiver), Channel("limits", limits) with { Kinds = [AlertKind.Limit] }] });
        outbox.Raise(Alert("80"));
        outbox.Raise(Alert("hour") with { Kind = AlertKind.Limit });
        Assert.Equal("80", await OccasionAsync());
        Assert.Equal("hour", await OccasionAsync());
        Assert.Contains("\"kind\":\"limit\"", (await limits.NextAsync()).Text, StringComparison.Ordinal);
        Assert.Equal(1, limits.Count);
    }

    [Fact]
    public async Task WithoutAChannelAlertsAreKeptAndListed()
    {
        await using (var outbox = Open(new AlertOptions()))
            outbox.Raise(Alert("80"));
        Assert.Empty(Assert.Single(Store.List(10)).Deliveries);
        Assert.Equal((0, 0), (Store.Backlog().Waiting, Store.Backlog().GivenUp));
    }

    [Fact]
    public void ADamagedFileIsSetAside()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, AlertStore.FileName), string.Concat(Enumerable.Repeat("no database ", 500)));
        using var store = AlertStore.Open(_folder.FullName, _time, out var damaged);
        Assert.NotNull(damaged);
        Assert.True(store.Add(Alert("80")));
    }

    [Fact]
    public void OldAlertsAreForgottenAndWhatWaitsIsNot()
    {
        Store.Add(Alert("told"));
        Store.Route(Options().Channels);
        Store.Delivered(Store.Claim("ops", TimeSpan.FromMinutes(2))!.Value.Message.Id, "ops");
        Store.Add(Alert("waits"));
        Store.Route(Options().Channels);
        _time.Advance(TimeSpan.FromDays(401));
        Store.Forget(TimeSpan.FromDays(400));
        Assert.Equal("waits", Assert.Single(Store.List(10)).Alert.Occasion);
    }

    private AlertStore Store
    {
        get
        {
            if (_stores.Count == 0)
                _stores.Add(AlertStore.Open(_folder.FullName, _time, out _));
            return _stores[0];
        }
    }

    private AlertOutbox Open(AlertOptions? options = null, List<string>? log = null)
    {
        var store = AlertStore.Open(_folder.FullName, _time, out _);
        _stores.Add(store);
        return new AlertOutbox(store, options ?? Options(), (_, _, _, _, _) => Task.CompletedTask, _time, log is null ? NullLogger<AlertOutbox>.Instance : new ListLogger(log));
    }

    private AlertOptions Options() => new() { Channels = [Channel("ops", _receiver)] };

    private static ChannelOptions Channel(string name, HttpReceiver receiver) => new() { Name = name, Type = ChannelType.Webhook, Url = new SecretText(receiver.Address.AbsoluteUri) };

    private Alert Alert(string occasion) => new()
    {
        Kind = AlertKind.Budget,
        Subject = "support",
        Occasion = occasion,
        Title = $"The budget 'support' is at {occasion}.",
        Advice = "Raise it.",
        At = _time.GetUtcNow(),
    };

    private Alert Unpriced(string model) => Alert("2026-11") with
    {
        Kind = AlertKind.UnpricedModel,
        Subject = model,
        Title = $"The model {model} has no price.",
        Facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["model"] = model },
    };

    /// <summary>The occasion of the next alert that is told; with an outbox that has to come back to it, the clock runs meanwhile.</summary>
    private async Task<string> OccasionAsync(AlertOutbox? outbox = null)
    {
        if (outbox is not null)
            await UntilAsync(() => !_receiver.IsEmpty, outbox);
        using var json = JsonDocument.Parse((await _receiver.NextAsync()).Body);
        return json.RootElement.GetProperty("occasion").GetString()!;
    }

    /// <summary>Lets the clock run until something is so.</summary>
    private async Task UntilAsync(Func<bool> condition, AlertOutbox outbox, TimeSpan? step = null)
    {
        Assert.NotNull(outbox);
        using var patience = new CancellationTokenSource(HangGuard.Limit);
        for (var i = 0; !condition(); i++)
        {
            patience.Token.ThrowIfCancellationRequested();
            // Tries that are under way need a moment of the machine's own; their limit is 20 s of this clock.
            await Task.Delay(5, patience.Token);
            if (i % 10 == 9)
                _time.Advance(step ?? TimeSpan.FromSeconds(10));
        }
    }

    private sealed class ListLogger(List<string> log) : ILogger<AlertOutbox>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (log)
                log.Add(formatter(state, exception));
        }
    }
}
