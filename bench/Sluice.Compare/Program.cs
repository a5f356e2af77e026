using System.CommandLine;
using System.Runtime.Versioning;
using Sluice.Compare;

// Processor time and memory are read from /proc.
[assembly: SupportedOSPlatform("linux")]

var seconds = new Option<double>("--seconds") { Description = "Length of one round of one target", DefaultValueFactory = _ => 2 };
var rounds = new Option<int>("--rounds") { Description = "Rounds whose median is taken", DefaultValueFactory = _ => 3 };
var endurance = new Option<int>("--endurance") { Description = "Instead of comparing, send this many requests through Sluice and watch its memory" };
var without = new Option<bool>("--without-sluice") { Description = "Only direct and nginx, to see what the rig itself can do" };
var levers = new Option<bool>("--levers") { Description = "Instead, what all levers together add to a call, on one connection" };
var filter = new Option<string>("--filter") { Description = "Only workloads whose name has this in it, such as 'plain' or '100 KB'", DefaultValueFactory = _ => "" };
var output = new Option<string>("--out") { Description = "Folder for the page of results", DefaultValueFactory = _ => "bench/results" };
var command = new RootCommand("Compares, on this machine: no proxy, nginx as a plain reverse proxy, and Sluice. nginx also plays the upstream; all of it stays on loopback.")
{
    seconds, rounds, endurance, without, levers, filter, output,
};
command.SetAction((arguments, _) => new Session(arguments.GetValue(output)!)
{
    Rounds = arguments.GetValue(rounds),
    RoundTime = TimeSpan.FromSeconds(arguments.GetValue(seconds)),
    EnduranceRequests = arguments.GetValue(endurance),
    Workloads = [.. (arguments.GetValue(levers) ? Workload.ForLevers : Workload.All).Where(w => w.Name.Contains(arguments.GetValue(filter)!, StringComparison.OrdinalIgnoreCase))],
    ComparesLevers = arguments.GetValue(levers),
    WithSluice = !arguments.GetValue(without),
}.RunAsync());
return await command.Parse(args).InvokeAsync();
