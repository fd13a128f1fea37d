package io.jitney.daemon.cli;

import io.jitney.daemon.apps.AppsParser;
import io.jitney.daemon.files.FileProblem;
import io.jitney.daemon.files.YamlDocuments;
import io.jitney.daemon.files.YamlFiles;
import io.jitney.daemon.policy.PolicyFiles;
import io.jitney.daemon.policy.PolicyKind;
import io.jitney.daemon.policy.PolicyParser;
import io.jitney.tenancy.policy.PolicyField;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jitney policy}. */
@Command(
    name = "policy",
    description = "Tells what apps may use, and checks the files that say so.",
    subcommands = {
      PolicyCommand.Explain.class,
      PolicyCommand.Check.class,
      PolicyCommand.Fields.class
    })
final class PolicyCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(System.err);
    return 2;
  }

  /** {@code jitney policy explain APP}. */
  @Command(
      name = "explain",
      description = {
        "Shows what counts for an app, field by field: value, unit, where it comes from, and what it overrides.",
        "",
        "The most specific place decides each field: the app's own quota, policies by app id, by labels, by",
        "namespace, the class, policies for everyone, the daemon's flags. Of equals the strictest value counts."
      })
  static final class Explain implements Callable<Integer> {
    @Parameters(paramLabel = "APP", description = "App id; it need not run yet.")
    private String app = "";

    @Option(
        names = {"-n", "--namespace"},
        paramLabel = "NS",
        description = "Namespace, where several have an app of this id.")
    private String namespace = "";

    @Option(
        names = {"-o", "--output"},
        paramLabel = "table|json",
        description = "Form of the output. Default: table.")
    private Output output = Output.TABLE;

    @Override
    public Integer call() throws Exception {
      JsonObject answer =
          Connection.ask(
              new JsonObject().put("op", "policy").put("app", app).put("namespace", namespace));
      System.out.print(output == Output.JSON ? answer.encodePrettily() + "\n" : text(answer));
      return 0;
    }

    static String text(JsonObject answer) {
      StringBuilder text = new StringBuilder();
      text.append("app      ")
          .append(answer.getString("namespace"))
          .append('/')
          .append(answer.getString("appId"))
          .append(
              answer.getBoolean("known") ? "" : " (not here now: as it would be, without labels)")
          .append('\n');
      List<String> labels = new ArrayList<>();
      answer
          .getJsonObject("labels")
          .forEach(label -> labels.add(label.getKey() + "=" + label.getValue()));
      text.append("labels   ").append(labels.isEmpty() ? "-" : String.join(", ", labels));
      JsonArray classes = answer.getJsonArray("classes");
      text.append("\nclass    ").append(classes.isEmpty() ? "-" : joined(classes)).append("\n\n");
      TextTable table = new TextTable("FIELD", "VALUE", "UNIT", "SOURCE", "OVERRIDES");
      for (Object one : answer.getJsonArray("fields")) {
        JsonObject field = (JsonObject) one;
        List<String> overrides = new ArrayList<>();
        for (Object beaten : field.getJsonArray("overrides")) {
          JsonObject said = (JsonObject) beaten;
          overrides.add(said.getString("value") + " of " + said.getString("source"));
        }
        table.row(
            field.getString("field"),
            field.getString("value"),
            field.getString("unit"),
            field.getString("source"),
            String.join("; ", overrides));
      }
      return text.append(table).toString();
    }

    private static String joined(JsonArray texts) {
      return String.join(", ", texts.stream().map(String::valueOf).toList());
    }
  }

  /** {@code jitney policy check PATH}. */
  @Command(
      name = "check",
      description = {
        "Checks a file or folder of policies without a daemon; App resources in it are checked, too.",
        "Exit code 1 and a line for each problem when something is wrong."
      })
  static final class Check implements Callable<Integer> {
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    @Parameters(paramLabel = "PATH", description = "File, or folder of *.yaml and *.yml files.")
    private Path path;

    @Override
    public Integer call() throws IOException, CommandFailure {
      List<YamlFiles.Content> contents;
      try {
        contents = new YamlFiles(path).read();
      } catch (IOException absent) {
        throw new CommandFailure(path + ": " + absent.getMessage());
      }
      AppsParser apps = new AppsParser();
      List<PolicyParser.Parsed> parsed = new ArrayList<>();
      for (YamlFiles.Content one : contents) {
        String text = one.text();
        boolean withApps = text != null && hasApps(text);
        parsed.add(PolicyParser.parse(one, withApps));
        if (withApps && text != null) {
          apps.add(one.file(), text);
        }
      }
      PolicyFiles.Combined combined = new PolicyFiles().combine(parsed);
      List<FileProblem> problems = new ArrayList<>(combined.problems());
      problems.addAll(apps.result().problems());
      problems.forEach(problem -> System.err.println(problem));
      System.out.println(
          contents.size()
              + " files, "
              + combined.policies().size()
              + " policies, "
              + combined.classes().size()
              + " classes, "
              + problems.size()
              + " problems");
      return problems.isEmpty() ? 0 : 1;
    }

    private static boolean hasApps(String text) {
      boolean[] found = {false};
      YamlDocuments.each(
          text,
          (content, document) -> {
            String kind = YamlDocuments.kind(content);
            found[0] |= kind.equals("App") && !PolicyKind.isOne(kind);
          },
          (why, document) -> {});
      return found[0];
    }
  }

  /** {@code jitney policy fields}. */
  @Command(
      name = "fields",
      description = "Lists every field of a policy with unit, default and meaning.")
  static final class Fields implements Callable<Integer> {
    @Override
    public Integer call() {
      System.out.print(text());
      return 0;
    }

    static String text() {
      TextTable table = new TextTable("FIELD", "UNIT", "DEFAULT", "VALUES", "MEANING");
      for (PolicyField field : PolicyField.values()) {
        table.row(
            field.path(),
            field.unit().word(),
            PolicyField.text(field.byDefault()),
            field.range(),
            field.description());
      }
      return table.toString();
    }
  }
}
