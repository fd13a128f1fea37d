package io.jitney.loadtest.cli;

import io.jitney.loadtest.report.ResultFolder;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code loadtest report}. */
@Command(
    name = "report",
    description = "Writes report.html again from the results.json of a folder.")
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "A folder that loadtest run has made.")
  private Path folder = Path.of(".");

  @Override
  public Integer call() throws Exception {
    System.out.println("Report: " + ResultFolder.render(folder));
    return 0;
  }
}
