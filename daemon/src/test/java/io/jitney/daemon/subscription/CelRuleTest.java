package io.jitney.daemon.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CelRuleTest {
  private static final Map<String, Object> EVENT = event();

  private static Map<String, Object> event() {
    Map<String, Object> data = new HashMap<>();
    data.put("n", 1.0);
    data.put("s", "abc");
    data.put("b", true);
    data.put("z", null);
    data.put("l", Arrays.asList(1.0, 2.0, 3.0));
    data.put("o", Map.of("k", "v"));
    return Map.of("type", "x", "time", "2026-01-02T03:04:05Z", "specversion", "1.0", "data", data);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "event.type == 'x'",
        "event.data.s.contains('b')",
        "size(event.data.l) == 3",
        "event.data.l.exists(x, x == 2.0)",
        "event.data.l.all(x, x > 0.0)",
        "event.data.o.k == 'v'",
        "'k' in event.data.o",
        "event.data.n in [1.0, 2.0]",
        "event.data.s.endsWith('c') ? true : false",
        "string(event.data.n) == '1'",
        "int(event.data.n) == 1",
        "type(event.data.n) == double",
        "event.data.b",
        "event.data.z == null",
        "timestamp(event.time) > timestamp('2020-01-01T00:00:00Z')",
        "event.data.n == 1",
        "event.data.n < 2",
        "has(event.subject) == false",
        "duration('1h') > duration('1m')",
        "event.data.s.size() == 3",
        "event.data.s.matches('^a.c$')",
        "event[\"type\"] == 'x'",
        "has(event.nosuch) || event.type == 'x'"
      })
  void holds(String rule) throws Exception {
    assertThat(CelRule.parse(rule).test(EVENT, RuleBudget.quick())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"event.missing == 'x'", "1 + 1", "nosuch.x == 1", "nosuch == 1", "event.data.n.x"})
  void compilesAndDoesNotDecide(String rule) throws Exception {
    CelRule compiled = CelRule.parse(rule);
    assertThatThrownBy(() -> compiled.test(EVENT, RuleBudget.quick()))
        .isInstanceOf(CelRule.Undecided.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "event.type ==",
        "1 + 'a' == 2",
        "nosuch(event)",
        "event.type.nosuch()",
        "foo(foo)",
        "\"open"
      })
  void doesNotCompile(String rule) {
    assertThatThrownBy(() -> CelRule.parse(rule)).isInstanceOf(CelRule.Malformed.class);
  }

  @Test
  void rawPayloadsAreTexts() throws Exception {
    assertThat(CelRule.parse("event == 'hi'").test("hi", RuleBudget.quick())).isTrue();
  }

  private static Map<String, Object> large() {
    List<Double> many = IntStream.range(0, 2_000).mapToObj(i -> (double) i).toList();
    return Map.of("l", many, "s", "a".repeat(30_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "event.l.all(x, event.l.all(y, x + y >= 0.0))",
        "event.l.all(x, event.l.all(y, !event.s.contains('aaaaaaaaaaaaaaaab')))",
        "event.l.all(x, event.l.all(y, !event.s.matches('(a|b|ab)*c')))",
        "event.l.all(x, !event.l.exists(y, event.l == [y]))",
        "event.l.map(x, event.l.map(y, event.s + event.s)).size() > 0",
        "event.s.matches('((((a{30}){30}){10}b)|c)*d')",
        "event.s.matches('(((a{1000}){1000}){1000})')",
        "event.s.matches('(a{800}b|c)*d')"
      })
  void endlessRulesEndAndAreNotForEventLoops(String text) throws Exception {
    CelRule rule = CelRule.parse(text);
    long start = System.nanoTime();
    assertThatThrownBy(() -> rule.test(large(), RuleBudget.thorough()))
        .isInstanceOf(CelRule.Undecided.class);
    assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
    assertThatThrownBy(() -> rule.test(large(), RuleBudget.quick()))
        .isInstanceOfAny(RuleBudget.Laborious.class, CelRule.Undecided.class);
  }

  @Test
  void aBudgetIsForAllThatIsDoneInOneGo() throws Exception {
    CelRule rule = CelRule.parse("event.l.all(x, x >= 0.0)");
    RuleBudget budget = RuleBudget.thorough();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                assertThat(rule.test(large(), budget)).isTrue();
              }
            })
        .isInstanceOf(CelRule.Undecided.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "abc | 3",
        "a{3} | 3",
        "a{2,5}b | 6",
        "(ab){10} | 40",
        "((a{10}){10}){10} | 1220",
        "[a{9}]{4} | 4",
        "[]a]{4} | 4",
        "a\\{4} | 4",
        "a{x} | 4",
        "a{3,} | 4",
        "(a | 1"
      })
  void statesOfRegularExpressions(String pattern, long states) {
    assertThat(RuleRegex.states(pattern)).isEqualTo(states);
  }
}
