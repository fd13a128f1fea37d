package io.jitney.daemon.resiliency;

import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A breaker's {@code trip}, a CEL expression over its counts. What does not evaluate to true, an
 * error included, does not trip.
 */
final class TripRule implements Predicate<BreakerCounts> {
  private final CelRuntime.Program program;

  private TripRule(CelRuntime.Program program) {
    this.program = program;
  }

  /**
   * Compiles an expression.
   *
   * @throws IllegalArgumentException with the compiler's message
   */
  static TripRule parse(String expression) {
    CelCompiler compiler =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVar("requests", SimpleType.INT)
            .addVar("totalSuccesses", SimpleType.INT)
            .addVar("totalFailures", SimpleType.INT)
            .addVar("consecutiveSuccesses", SimpleType.INT)
            .addVar("consecutiveFailures", SimpleType.INT)
            .build();
    CelRuntime runtime = CelRuntimeFactory.plannerRuntimeBuilder().build();
    try {
      return new TripRule(runtime.createProgram(compiler.compile(expression).getAst()));
    } catch (CelValidationException | CelEvaluationException invalid) {
      throw new IllegalArgumentException(invalid.getMessage(), invalid);
    }
  }

  @Override
  public boolean test(BreakerCounts counts) {
    try {
      return Boolean.TRUE.equals(
          program.eval(
              Map.of(
                  "requests", counts.requests(),
                  "totalSuccesses", counts.totalSuccesses(),
                  "totalFailures", counts.totalFailures(),
                  "consecutiveSuccesses", counts.consecutiveSuccesses(),
                  "consecutiveFailures", counts.consecutiveFailures())));
    } catch (CelEvaluationException failed) {
      return false;
    }
  }
}
