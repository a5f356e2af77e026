using System.Buffers;
using System.Text.Json;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Models;
using Sluice.Gateway.Levers.Texts;
using Sluice.Gateway.Stages.Budgeting;

namespace Sluice.Gateway.Levers.Routing;

/// <summary>
/// What is known of a call before it leaves. What takes reading the text is read when a rule asks, once, into a rented buffer that
/// disposing gives back; who never asks for it has nothing to dispose.
/// </summary>
public sealed class RequestTraits : IDisposable
{
    /// <summary>The caller's word on which candidate it would like, or any word that rules know.</summary>
    public const string HintHeader = "x-sluice-hint";

    private readonly Invocation _invocation;
    private LastMessage? _message;
    private string? _userTexts;
    private (bool IsRead, string? Code) _language;

    public RequestTraits(Invocation invocation)
    {
        _invocation = invocation;
        var outline = invocation.Outline;
        foreach (ref readonly var block in outline.Blocks)
        {
            HasTools |= block.Section == PromptSection.Tools || block.Kind is BlockKind.ToolUse or BlockKind.ToolResult;
            HasDocuments |= block.Kind == BlockKind.Document;
            HasReasoning |= block.Kind == BlockKind.Reasoning;
            HasSystem |= block.Section == PromptSection.System || block.Role == PromptRole.System;
            HasOtherContent |= block is { Section: PromptSection.Messages, Kind: BlockKind.Other };
        }
    }

    public string? Task => _invocation.Tags.GetValueOrDefault("task");

    public string? Hint => _invocation.Request.Headers[HintHeader];

    public bool Streamed => _invocation.Request.Facts.Streamed;

    public long InputTokens => _invocation.Request.Facts.EstimatedInputTokens;

    public int Depth => _invocation.Outline.Messages.Length;

    public bool HasTools { get; }

    public bool HasImages => _invocation.Outline.HasImages;

    public bool HasDocuments { get; }

    /// <summary>Earlier turns carry a model's signed thoughts, which no other model takes.</summary>
    public bool HasReasoning { get; }

    public bool HasSystem { get; }

    /// <summary>Sound, video or something newer.</summary>
    public bool HasOtherContent { get; }

    /// <summary>A schema or format is asked for by a parameter.</summary>
    public bool HasSchema => !_invocation.Outline.Parameter(PromptParameter.OutputFormat).IsNone;

    public bool AsksForJson => HasSchema || Text.Contains("JSON", StringComparison.Ordinal) || Text.Contains("json", StringComparison.Ordinal);

    public TimeOnly TimeOfDay => TimeOnly.FromDateTime(_invocation.StartedAt.UtcDateTime);

    /// <summary>Whole percent of whichever of the call's budgets, by the model that it asks for, has used most; 0 where it has none.</summary>
    public long BudgetUsed => _invocation.Budgets?.UsedPercent(Demand) ?? 0;

    /// <summary>The call as budgets see it.</summary>
    internal BudgetDemand Demand => BudgetDemand.Of(_invocation, _invocation.Request.Model?.BaseModel ?? _invocation.Request.Model?.Raw);

    public string? Language
    {
        get
        {
            if (!_language.IsRead)
                _language = (true, TextLanguage.Of(Text));
            return _language.Code;
        }
    }

    /// <summary>The last message's texts of the caller, good until this is disposed.</summary>
    public ReadOnlySpan<char> Text => (_message ??= LastMessage.Of(_invocation.Outline, _invocation.Request.Body.Span)).Text;

    /// <summary>All that the caller's user has said, in order.</summary>
    public string UserTexts => _userTexts ??= TextsOfUser(_invocation.Outline, _invocation.Request.Body.Span);

    /// <summary>What a model has to be able to, to take the request as it is.</summary>
    public Abilities Needs =>
        If(HasTools, Abilities.Tools) | If(HasImages, Abilities.Images) | If(HasDocuments, Abilities.Documents) | If(HasSystem, Abilities.System)
        | If(HasSchema, Abilities.Schema) | If(_invocation.Outline.ThinkingBudget is not null, Abilities.Reasoning);

    public bool Mentions(SearchValues<string> words) => Text.ContainsAny(words);

    public void Dispose() => _message?.Dispose();

    private static Abilities If(bool isNeeded, Abilities ability) => isNeeded ? ability : Abilities.None;

    /// <summary>What users say in a body, in all messages.</summary>
    public static string TextsOfUser(PromptOutline outline, ReadOnlySpan<byte> body)
    {
        var texts = new List<string>();
        foreach (var (index, token) in outline.Texts)
        {
            ref readonly var block = ref outline.Blocks[index];
            if (block is not { Section: PromptSection.Messages, Role: PromptRole.User })
                continue;
            var reader = new Utf8JsonReader(token.In(body));
            if (reader.Read() && reader.TokenType == JsonTokenType.String && reader.GetString() is { } text)
                texts.Add(text);
        }
        return string.Join('\n', texts);
    }
}
