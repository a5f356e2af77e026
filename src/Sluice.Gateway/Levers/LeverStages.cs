using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Coalescing;
using Sluice.Gateway.Levers.Output;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.Watching;

namespace Sluice.Gateway.Levers;

/// <summary>The stages that save. What they have learned and stored outlives a reload of the settings, so the owner of the snapshots keeps them.</summary>
public sealed record LeverStages(
    PlanStage Plan, WatchStage Watch, RewriteStage Trim, RecallStage Recall, SemanticStage Semantic, CoalesceStage Coalesce, CascadeStage Cascade, RewriteStage Route, CutReplyStage Uncut, RewriteStage Output,
    RewriteStage Mark, RewriteStage Place);
