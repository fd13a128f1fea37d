package io.jitney.loadtest.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Who runs where. The measured daemon has cores of its own; generators, apps and Redis have the
 * rest. Aggressors run by the idle policy there: they take what victims' processes leave, so that
 * what victims feel is the daemon's doing.
 *
 * @param measured list of cores for taskset; empty: nothing is pinned
 * @param others the rest
 * @param idlePolicy whether aggressors can be run by SCHED_IDLE
 * @param inWords for the report
 */
public record Cores(String measured, String others, boolean idlePolicy, String inWords) {

  /** For whom a process is. */
  public enum Role {
    MEASURED,
    OTHER,
    AGGRESSOR
  }

  /** Leaves all of it to the system. */
  public static Cores unpinned() {
    return new Cores("", "", false, "not pinned, as --no-affinity asks");
  }

  /** As this machine allows. */
  public static Cores find() {
    List<Integer> allowed = allowed();
    boolean idle = works("chrt", "-i", "0", "true");
    String words =
        idle
            ? "; aggressors run there by SCHED_IDLE, behind all others"
            : "; chrt -i does not work here: aggressors compete with the victims' generator";
    if (allowed.size() < 2 || !works("taskset", "-c", allowed.getFirst().toString(), "true")) {
      return new Cores(
          "",
          "",
          idle,
          "not pinned ("
              + (allowed.size() < 2 ? "one core only" : "taskset does not work here")
              + "): the generator and the daemon compete for the same cores"
              + words);
    }
    // Of many cores a third is for what is measured, four at most: generators must never be the
    // limit.
    int count = Math.clamp(allowed.size() / 3, 1, 4);
    String measured = list(allowed.subList(0, count));
    String others = list(allowed.subList(count, allowed.size()));
    return new Cores(
        measured,
        others,
        idle,
        "measured daemons on core "
            + measured
            + ", generators, apps and Redis on core "
            + others
            + words);
  }

  /** What a command is to be preceded by. */
  List<String> prefix(Role role) {
    List<String> words = new ArrayList<>();
    if (!measured.isEmpty()) {
      words.addAll(List.of("taskset", "-c", role == Role.MEASURED ? measured : others));
    }
    if (role == Role.AGGRESSOR && idlePolicy) {
      words.addAll(List.of("chrt", "-i", "0"));
    }
    return words;
  }

  /** Puts this process where it does not disturb. */
  public void moveSelf() {
    if (!measured.isEmpty()) {
      works("taskset", "-a", "-c", "-p", others, Long.toString(ProcessHandle.current().pid()));
    }
  }

  private static String list(List<Integer> cores) {
    return String.join(",", cores.stream().map(String::valueOf).toList());
  }

  private static List<Integer> allowed() {
    List<Integer> cores = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("Cpus_allowed_list:")) {
          for (String range : line.substring(line.indexOf(':') + 1).strip().split(",")) {
            String[] ends = range.split("-");
            for (int c = Integer.parseInt(ends[0]);
                c <= Integer.parseInt(ends[ends.length - 1]);
                c++) {
              cores.add(c);
            }
          }
        }
      }
    } catch (IOException noProc) {
      return List.of();
    }
    return cores;
  }

  private static boolean works(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException notThere) {
      return false;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
