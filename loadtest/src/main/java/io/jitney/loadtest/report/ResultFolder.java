package io.jitney.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.jitney.loadtest.plan.Json;
import io.jitney.loadtest.run.ScenarioResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code results.json} and {@code report.html}. */
public final class ResultFolder {
  private static final String RESULTS = "results.json";
  private static final String REPORT = "report.html";
  private static final String PLACE = "/*RESULTS*/null";

  private final Path folder;
  private final Machine machine;

  /** What the JSON file holds. */
  private record Results(Machine machine, List<ScenarioResult> scenarios) {}

  private ResultFolder(Path folder, Machine machine) {
    this.folder = folder;
    this.machine = machine;
  }

  public static ResultFolder create(Path folder, Machine machine) throws IOException {
    Files.createDirectories(folder);
    return new ResultFolder(folder.toAbsolutePath().normalize(), machine);
  }

  /** Writes both anew. */
  public void write(List<ScenarioResult> scenarios) throws IOException {
    Json.write(folder.resolve(RESULTS), new Results(machine, scenarios));
    render(folder);
  }

  public Path report() {
    return folder.resolve(REPORT);
  }

  /** The page from the JSON file of a folder. */
  public static Path render(Path folder) throws IOException {
    JsonNode results = Json.read(folder.resolve(RESULTS), JsonNode.class);
    try (InputStream template = ResultFolder.class.getResourceAsStream(REPORT)) {
      if (template == null) {
        throw new IOException("the template is not on the class path");
      }
      String page = new String(template.readAllBytes(), StandardCharsets.UTF_8);
      // In a script element "</" would end the script, wherever it stands.
      String data = Json.text(results).replace("</", "<\\/");
      Path report = folder.resolve(REPORT);
      Files.writeString(report, page.replace(PLACE, data));
      return report.toAbsolutePath().normalize();
    }
  }
}
