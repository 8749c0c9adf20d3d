using System.Runtime.InteropServices;
using KeyRotation.Audit;
using KeyRotation.Audit.Views;
using Spectre.Console;

using var stop = new CancellationTokenSource();

// The first Ctrl-C ends the audit with what is known by then; a second one ends the program.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var isTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
var streams = new Streams(Console.In, Console.Out, Console.OpenStandardOutput, isTerminal);
return await new Application(ViewOf, streams, Console.Error, TimeProvider.System).RunAsync(args, stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

IView ViewOf(AuditOptions options) => options switch
{
    { Quiet: true } or { WritesToOutput: true } => new Lines(TextWriter.Null),
    _ when !isTerminal => new Lines(Console.Out),
    _ => new Terminal(
        AnsiConsole.Create(new AnsiConsoleSettings { ColorSystem = options.NoColor ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect }),
        options.Rows),
};
