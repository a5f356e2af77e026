using System.CommandLine;

namespace Sluice.Commands.Completion;

/// <summary><c>sluice completion bash|zsh|fish</c>: a script that lets a shell complete commands, options and their values.</summary>
public static class CompletionCommand
{
    private const string Bash = """
        _sluice() {
            local line=${COMP_LINE:0:COMP_POINT}
            COMPREPLY=()
            while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$(sluice "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$2")
        }
        complete -o default -F _sluice sluice
        """;

    private const string Zsh = """
        #compdef sluice
        _sluice() {
            local line="${BUFFER[1,CURSOR]}"
            compadd -- ${(f)"$(sluice "[suggest:${#line}]" "$line" 2>/dev/null)"}
        }
        compdef _sluice sluice
        """;

    private const string Fish = """
        complete -c sluice -f -a '(sluice "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", """
            Print a script that lets bash, zsh or fish complete words.

            Examples:
              source <(sluice completion bash)               bash, in ~/.bashrc
              source <(sluice completion zsh)                zsh, in ~/.zshrc, after compinit
              sluice completion fish > ~/.config/fish/completions/sluice.fish
            """)
        { shell };
        command.SetAction(parsed =>
        {
            Console.WriteLine(parsed.GetValue(shell) switch { "zsh" => Zsh, "fish" => Fish, _ => Bash });
            return ExitCode.Ok;
        });
        return command;
    }
}
