using System.CommandLine;
using System.CommandLine.Invocation;
using Sluice.Commands;
using Sluice.Commands.Price;

var root = new RootCommand("Sluice: a gateway and cost lab for Amazon Bedrock.")
{
    PriceCommand.Create(TimeProvider.System, Environment.GetEnvironmentVariable),
};
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction wrongUsage)
    wrongUsage.ShowHelp = false;
var exitCode = parsed.Invoke();
return parsed.Errors.Count > 0 ? ExitCode.WrongUsage : exitCode;
