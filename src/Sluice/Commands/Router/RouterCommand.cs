using System.CommandLine;

namespace Sluice.Commands.Router;

/// <summary><c>sluice router</c>: trains the router that tells which prompts need the dearer model, and measures it.</summary>
public static class RouterCommand
{
    public static Command Create() => new("router", "Train a router from labelled outcomes, and measure it.")
    {
        TrainCommand.Create(),
        EvalCommand.Create(),
    };
}
