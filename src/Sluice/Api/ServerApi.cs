using Sluice.Gateway.Levers.Watching;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Hosting;
using Sluice.Reports;

namespace Sluice.Api;

/// <summary>Sluice's own endpoints, for a host.</summary>
internal static class ServerApi
{
    public static HostedApi Hosted { get; } = new(Register, Map);

    private static void Register(IServiceCollection services)
    {
        // It counts from before the host is built, and its counts are read from then on.
        var metrics = new PrometheusText();
        services.AddSingleton(_ => metrics).AddSingleton<ApiAccess>().AddSingleton<FeedbackEndpoint>().AddCatalogDocument();
        services.AddSingleton(s => new RouteBoard(s.GetRequiredService<SnapshotCompiler>().Routes, s.GetRequiredService<SnapshotCompiler>().Cascades));
        services.AddSingleton(s => new LiveState(
            s.GetRequiredService<BudgetBook>(), s.GetRequiredService<QualityBook>(), s.GetRequiredService<AlertDesk>(), s.GetRequiredService<SnapshotCompiler>()));
    }

    private static void Map(WebApplication application, string dataDirectory)
    {
        // The container disposes of what it has made.
        _ = application.Services.GetRequiredService<PrometheusText>();
        application.Use(next => context => ApiFaults.AnswerAsync(context, next, application.Logger));
        application.MapSluiceApi(dataDirectory);
    }
}
