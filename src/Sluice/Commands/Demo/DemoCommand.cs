using System.CommandLine;

namespace Sluice.Commands.Demo;

/// <summary><c>sluice demo</c>: the whole product in a minute, without an AWS account.</summary>
public static class DemoCommand
{
    public static Command Create()
    {
        var seed = new Option<int>("--seed") { Description = "Another seed, another day.", DefaultValueFactory = _ => 1 };
        var keep = new Option<string?>("--data") { Description = "Keep the demo's books in this directory, to ask them with 'sluice spend'. Default: none are kept." };
        var command = new Command("demo", """
            Play an invented day through the gateway, and show what it cost. It is the day of a financial-services customer, sent
            to an embedded simulator of Bedrock over real sockets; its cost is shown by application, model and kind of token.

            Examples:
              sluice demo
              sluice demo --data demo-data && sluice spend --by app,hour --data demo-data
            """)
        { seed, keep };
        command.SetAction((parsed, cancellationToken) => new DemoRun(Console.Out, parsed.GetValue(seed), parsed.GetValue(keep)).RunAsync(cancellationToken));
        return command;
    }
}
