using Sluice.Gateway.Levers.Watching;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Hosting;

namespace Sluice.Reports;

/// <summary>What a running gateway knows and a command beside it can only read from files, or not at all.</summary>
internal sealed record LiveState(BudgetBook Budgets, QualityBook Quality, AlertDesk Alerts, SnapshotCompiler Compiler);
