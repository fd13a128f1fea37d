package io.jitney.daemon.demo;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What the demo prints; colours, and progress within a line, on a terminal only. */
final class Screen {
  private static final String BOLD = "\u001b[1m";
  private static final String GREEN = "\u001b[32m";
  private static final String RED = "\u001b[31m";
  private static final String DIM = "\u001b[2m";
  private static final String OFF = "\u001b[0m";
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
  private final boolean terminal;
  private long began;
  private int step;

  Screen() {
    Console console = System.console();
    terminal = console != null && console.isTerminal() && System.getenv("NO_COLOR") == null;
  }

  private String in(String colour, String text) {
    return terminal ? colour + text + OFF : text;
  }

  void title(String text) {
    out.println();
    out.println(in(BOLD, text));
  }

  /** Begins a step: what is being done. */
  void step(String text) {
    step++;
    began = System.nanoTime();
    out.println();
    out.println(in(BOLD, step + ". " + text));
  }

  /** Something that was seen to be so. */
  void seen(String text) {
    double seconds = (System.nanoTime() - began) / 1e9;
    out.println(
        "   "
            + in(GREEN, "ok")
            + "  "
            + text
            + in(DIM, String.format(Locale.ROOT, "  (%.1f s)", seconds)));
  }

  /** More about it. */
  void note(String text) {
    out.println("       " + in(DIM, text));
  }

  /** A line of a table. */
  void row(String text) {
    out.println("       " + text);
  }

  /** How far a long step is; replaced by what comes next on a terminal, left out elsewhere. */
  void progress(String text) {
    if (terminal) {
      out.print(CLEAR + "       " + DIM + text + OFF);
      out.flush();
    }
  }

  void progressDone() {
    if (terminal) {
      out.print(CLEAR);
      out.flush();
    }
  }

  void failed(String text) {
    progressDone();
    out.println("   " + in(RED, "failed") + "  " + text);
  }
}
