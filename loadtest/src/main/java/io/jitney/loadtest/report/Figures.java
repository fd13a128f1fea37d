package io.jitney.loadtest.report;

import io.jitney.loadtest.run.Measure;
import io.jitney.loadtest.stats.Spread;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as people read them. */
final class Figures {
  private Figures() {}

  static String of(Measure measure, @Nullable Spread spread) {
    if (spread == null || spread.count() == 0) {
      return "-";
    }
    String middle =
        number(spread.median()) + (Double.isInfinite(spread.median()) ? "" : unit(measure.unit()));
    return spread.count() == 1
        ? middle
        : middle + " (" + number(spread.least()) + "–" + number(spread.most()) + ")";
  }

  static String target(Measure measure) {
    return measure.target() == 0
        ? ""
        : (measure.atMost() ? "≤ " : "≥ ") + number(measure.target()) + unit(measure.unit());
  }

  private static String unit(String unit) {
    return unit.isEmpty() || unit.equals("x") || unit.startsWith("/") ? unit : " " + unit;
  }

  static String number(double value) {
    if (Double.isInfinite(value)) {
      return "never";
    }
    double size = Math.abs(value);
    if (size == 0) {
      return "0";
    }
    String form = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, form, value);
  }
}
