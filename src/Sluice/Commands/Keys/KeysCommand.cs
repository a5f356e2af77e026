using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Sluice.Core.Invocations;
using Sluice.Gateway.Keys;
using Sluice.Output;

namespace Sluice.Commands.Keys;

/// <summary><c>sluice keys create|list|show|revoke</c>: the callers' credentials.</summary>
public static class KeysCommand
{
    public static Command Create(TimeProvider time) => new("keys", "Create, list, show and revoke the keys that callers present.")
    {
        CreateKey(),
        ListKeys(),
        ShowCommand.Create(time),
        RevokeKey(),
    };

    private static Command CreateKey()
    {
        var app = new Option<string>("--app") { Description = "The application that will use the key; every call is tagged with it.", Required = true };
        var team = new Option<string?>("--team") { Description = "The team that pays." };
        var tags = new Option<string[]>("--tag") { Description = "Any other tag, as name=value. May be given several times.", AllowMultipleArgumentsPerToken = false };
        var admin = new Option<bool>("--admin") { Description = "The key may also read the ledger over the HTTP API." };
        var models = new Option<string[]>("--model") { Description = "A model that the key may call, as callers write it; * at the end for any rest. May be given several times. Default: all.", AllowMultipleArgumentsPerToken = false };
        var operations = new Option<string[]>("--operation") { Description = "An operation that the key may call, such as Converse. May be given several times. Default: all.", AllowMultipleArgumentsPerToken = false };
        var stateful = new Option<bool>("--allow-stateful") { Description = "The key may use what the upstream keeps for all callers: asynchronous jobs, files, stored responses and batches." };
        var data = DataOption.MayBegin();
        var format = CommonOptions.Format();
        var command = new Command("create", """
            Create a key. Its secret is shown once and is not stored.

            Examples:
              sluice keys create --app chat --team support
              sluice keys create --app tickets --model 'us.amazon.nova-*' --operation Converse --operation ConverseStream
              AWS_BEARER_TOKEN_BEDROCK=$(sluice keys create --app chat --format json | jq -r .token)
            """)
        { app, team, tags, admin, models, operations, stateful, data, format };
        command.SetAction(parsed =>
        {
            var all = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            foreach (var tag in parsed.GetValue(tags) ?? [])
            {
                var equals = tag.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0)
                {
                    Console.Error.WriteLine($"--tag '{tag}' must be name=value, such as --tag environment=production.");
                    return ExitCode.WrongUsage;
                }
                all[tag[..equals]] = tag[(equals + 1)..];
            }
            all["app"] = parsed.GetValue(app)!;
            if (parsed.GetValue(team) is { } name)
                all["team"] = name;

            var permissions = new KeyPermissions { Models = [.. parsed.GetValue(models) ?? []], Operations = [.. parsed.GetValue(operations) ?? []], Stateful = parsed.GetValue(stateful) };
            if (Mistake(permissions) is { } mistake)
            {
                Console.Error.WriteLine(mistake);
                return ExitCode.WrongUsage;
            }
            var issued = KeyRing.Open(parsed.GetValue(data)!, TimeProvider.System).Create(all.ToImmutable(), parsed.GetValue(admin), permissions);
            var table = new Listing("key_id", "secret", "token");
            table.Add(issued.Key.KeyId, issued.Secret, issued.Token);
            var chosen = parsed.GetValue(format);
            if (chosen == OutputFormat.Table)
            {
                Console.WriteLine($"Key id      {issued.Key.KeyId}");
                Console.WriteLine($"Secret      {issued.Secret}");
                Console.WriteLine($"Token       {issued.Token}");
                Console.WriteLine();
                Console.WriteLine("The secret is not stored and can't be shown again. Use the token as");
                Console.WriteLine("AWS_BEARER_TOKEN_BEDROCK or x-api-key, or id and secret as AWS access keys.");
            }
            else
            {
                table.Write(Console.Out, chosen, single: true);
            }
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command ListKeys()
    {
        var data = CommonOptions.Data();
        var format = CommonOptions.Format();
        var command = new Command("list", "List the keys, without their secrets.") { data, format };
        command.SetAction(parsed =>
        {
            var table = new Listing("key_id", "created_at", "revoked_at", "admin", "tags", "models", "operations", "stateful");
            foreach (var key in KeyRing.Open(parsed.GetValue(data)!, TimeProvider.System).Keys.OrderBy(k => k.CreatedAt))
            {
                table.Add(
                    key.KeyId, Stamp(key.CreatedAt), key.RevokedAt is { } revoked ? Stamp(revoked) : null, key.Admin,
                    string.Join(' ', key.Tags.Select(t => $"{t.Key}={t.Value}")),
                    key.Models is null ? null : string.Join(' ', key.Models), key.Operations is null ? null : string.Join(' ', key.Operations), key.AllowStateful);
            }
            table.Write(Console.Out, parsed.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>A limit that can't be meant as it is written, since nothing would ever fit it.</summary>
    private static string? Mistake(KeyPermissions permissions)
    {
        foreach (var model in permissions.Models)
        {
            if (model.Length == 0 || model.AsSpan(0, model.Length - 1).Contains('*'))
                return $"--model '{model}' must be a model's identifier, with * only at its end, such as 'us.amazon.nova-*'.";
        }
        foreach (var operation in permissions.Operations)
        {
            if (!InvocationNames.TryParse(operation, out Operation known) || known == Operation.Unknown)
                return $"--operation '{operation}' is none; there are {string.Join(", ", Enum.GetNames<Operation>().Where(o => o != nameof(Operation.Unknown)))}.";
        }
        return null;
    }

    private static Command RevokeKey()
    {
        var id = new Argument<string>("key_id") { Description = "The id of the key, as 'sluice keys list' shows it." };
        var data = CommonOptions.Data();
        var command = new Command("revoke", "Revoke a key. A running gateway refuses it within a second.") { id, data };
        command.SetAction(parsed =>
        {
            var directory = parsed.GetValue(data)!;
            if (KeyRing.Open(directory, TimeProvider.System).Revoke(parsed.GetValue(id)!))
                return ExitCode.Ok;
            return NoSuchKey(parsed.GetValue(id)!, directory);
        });
        return command;
    }

    internal static int NoSuchKey(string id, string directory)
    {
        Console.Error.WriteLine($"There is no key '{id}' in '{directory}'; 'sluice keys list --data {directory}' shows those there are.");
        return ExitCode.No;
    }

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
