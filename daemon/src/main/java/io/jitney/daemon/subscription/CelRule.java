package io.jitney.daemon.subscription;

import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.CelStandardFunctions.StandardFunction;
import dev.cel.runtime.RuntimeEquality;
import dev.cel.runtime.RuntimeHelpers;
import dev.cel.runtime.standard.StringFunction.StringOverload;
import io.jitney.daemon.gojson.GoPrint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A routing rule in CEL over {@code event}. As in daprd, a name that nobody declared compiles and
 * fails when it is evaluated; an unknown function does not compile.
 *
 * <p>Threads: {@link #parse} takes milliseconds, and the first one of a process tenths of a second:
 * not for event loops. {@link #test} from any.
 */
public final class CelRule {
  /** A rule is part of every delivery; {@link RuleBudget} has the other limits. */
  private static final int MAX_ITERATIONS = 100_000;

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .comprehensionMaxIterations(MAX_ITERATIONS)
          .build();

  private static final Pattern SYNTAX =
      Pattern.compile(
          "(mismatched|extraneous) input|no viable alternative|token recognition error|missing ");

  private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '([^']+)'");

  /** A rule that does not compile. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  /** A rule that says neither yes nor no about an event. */
  static final class Undecided extends Exception {
    private static final long serialVersionUID = 1L;

    Undecided(String message) {
      super(message, null, false, false);
    }
  }

  private final CelRuntime.Program program;

  private CelRule(CelRuntime.Program program) {
    this.program = program;
  }

  /** Compiles an expression. */
  static CelRule parse(String expression) throws Malformed {
    Set<String> declared = new HashSet<>(Set.of("event"));
    while (true) {
      try {
        return new CelRule(
            runtime().createProgram(compiler(declared).compile(expression).getAst()));
      } catch (CelValidationException invalid) {
        if (!declareMore(invalid.getErrors(), declared)) {
          throw new Malformed(message(invalid));
        }
      } catch (CelEvaluationException invalid) {
        throw new Malformed(String.valueOf(invalid.getMessage()));
      }
    }
  }

  /** Doubles, which all numbers of JSON are, become text as in Go: {@code 1}, not {@code 1.0}. */
  private static CelRuntime runtime() {
    RuntimeEquality equality = RuntimeEquality.create(RuntimeHelpers.create(), OPTIONS);
    List<CelFunctionBinding> texts = new ArrayList<>();
    texts.add(CelFunctionBinding.from("double_to_string", Double.class, GoPrint::number));
    for (StringOverload overload : StringOverload.values()) {
      if (overload != StringOverload.DOUBLE_TO_STRING) {
        texts.add(overload.newFunctionBinding(OPTIONS, equality));
      }
    }
    return CelRuntimeFactory.plannerRuntimeBuilder()
        .setOptions(OPTIONS)
        .setStandardFunctions(
            CelStandardFunctions.newBuilder()
                .excludeFunctions(StandardFunction.STRING, StandardFunction.MATCHES)
                .build())
        .addFunctionBindings(CelFunctionBinding.fromOverloads("string", texts))
        .addFunctionBindings(
            CelFunctionBinding.fromOverloads(
                "matches",
                CelFunctionBinding.from(
                    "matches",
                    String.class,
                    String.class,
                    (text, pattern) -> RuleRegex.matches(text, pattern, OPTIONS)),
                CelFunctionBinding.from(
                    "matches_string",
                    String.class,
                    String.class,
                    (text, pattern) -> RuleRegex.matches(text, pattern, OPTIONS))))
        .build();
  }

  private static CelCompiler compiler(Set<String> declared) {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS);
    declared.forEach(name -> builder.addVar(name, SimpleType.DYN));
    return builder.build();
  }

  /** Whether each problem is a name that was not declared before: a function would never be. */
  private static boolean declareMore(List<CelIssue> problems, Set<String> declared) {
    boolean more = false;
    for (CelIssue problem : problems) {
      Matcher undeclared = UNDECLARED.matcher(problem.getMessage());
      if (!undeclared.lookingAt()) {
        return false;
      }
      more |= declared.add(undeclared.group(1));
    }
    return more;
  }

  private static String message(CelValidationException invalid) {
    return invalid.getErrors().stream().map(CelRule::text).collect(Collectors.joining("; "));
  }

  /** The Go library says of what kind these are. */
  private static String text(CelIssue problem) {
    String message = problem.getMessage();
    return SYNTAX.matcher(message).lookingAt() ? "Syntax error: " + message : message;
  }

  /**
   * Whether the rule holds.
   *
   * @param event maps, lists, texts, doubles, truth values and nulls
   * @throws RuleBudget.Laborious when it costs more than may be done on an event loop
   */
  boolean test(Object event, RuleBudget budget) throws Undecided {
    Object result =
        budget.within(
            () -> {
              try {
                return program.trace(Map.of("event", CelValues.of(event)), budget);
              } catch (CelEvaluationException failed) {
                throw new Undecided(String.valueOf(failed.getMessage()));
              }
            });
    if (result instanceof Boolean holds) {
      return holds;
    }
    throw new Undecided("the result of match expression was not a boolean");
  }
}
