package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Key prefixes that are another app's, or together with a key make one of its keys. */
class PrefixIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  /** A tenant that shares the store must not see the victim's value under the victim's key. */
  private static Attempt prefix(String name, String tries, Tenant.Opening opening, String... keys) {
    return Attempt.of(
        name,
        tries,
        () -> {
          Tenant tenant = opening.begin();
          long end = System.nanoTime() + 20_000_000_000L;
          while (!tenant.output().contains(Tenant.READY)
              && !tenant.ended()
              && System.nanoTime() < end) {
            Thread.sleep(1);
          }
          if (tenant.ended()) {
            assertThat(tenant.output()).doesNotContain(Victim.STATE);
            return; // it was not let in at all
          }
          for (String key : keys) {
            tenant.ask("GET /v1.0/state/store/" + StateIT.url(key)).refused(204, 400);
            tenant
                .send(
                    "POST /v1.0/state/store",
                    "[{\"key\":" + StateIT.json(key) + ",\"value\":\"forged\"}]")
                .refused(204, 400);
            node.victim().mustBeUntouched();
          }
          tenant.close();
        });
  }

  @TestFactory
  Stream<DynamicTest> prefixes() throws Exception {
    String[] guesses = {
      "secret", "victim||secret", "|secret", "pipe", "victim|secret", "im||secret"
    };
    return Attempt.tests(
        node,
        List.of(
            Attempt.control(
                "namespace as prefix",
                () -> {
                  Tenant apart =
                      node.open("victim")
                          .namespace("apart")
                          .redis("store", "keyPrefix", "namespace")
                          .start();
                  apart.ask("GET /v1.0/state/store/secret").refused(204);
                  apart.send("POST /v1.0/state/store", "[{\"key\":\"a\",\"value\":1}]").ok();
                  assertThat(node.victim().keys().values("apart.victim||a")).hasSize(1);
                  apart.close();
                }),
            prefix(
                "same id elsewhere",
                "the victim's app id in another namespace",
                node.open("victim").namespace("evil").sharedStores(),
                guesses),
            prefix(
                "same id elsewhere, appid",
                "with keyPrefix appid",
                node.open("victim").namespace("evil").redis("store", "keyPrefix", "appid"),
                guesses),
            prefix(
                "same id elsewhere, APPID",
                "with keyPrefix in capitals",
                node.open("victim").namespace("evil").redis("store", "keyPrefix", "AppID"),
                guesses),
            prefix(
                "same id elsewhere, other settings",
                "with connection settings of its own",
                node.open("victim").namespace("evil").redis("store", "readTimeout", "7s"),
                guesses),
            prefix(
                "same id elsewhere, other name",
                "with another component name",
                node.open("victim").namespace("evil").redis("other").redis("store"),
                guesses),
            prefix(
                "id with a bar",
                "an app id that ends in half a separator",
                node.open("victim|").sharedStores(),
                guesses),
            prefix(
                "id with bars",
                "an app id with a separator",
                node.open("victim||secret").sharedStores(),
                "",
                "secret"),
            prefix(
                "id with dots",
                "an app id with a namespace in it",
                node.open("default.victim").sharedStores(),
                guesses),
            prefix(
                "id in capitals",
                "the victim's id in capitals",
                node.open("VICTIM").sharedStores(),
                guesses),
            prefix(
                "id with blanks",
                "the victim's id with a blank",
                node.open("victim ").sharedStores(),
                guesses),
            prefix(
                "id with NUL",
                "the victim's id and a NUL",
                node.open("victim\0").sharedStores(),
                guesses),
            prefix(
                "prefix none",
                "no prefix, and the victim's in the key",
                node.open("none").redis("store", "keyPrefix", "none"),
                guesses),
            prefix(
                "prefix name",
                "the component's name as prefix",
                node.open("name").redis("store", "keyPrefix", "name"),
                guesses),
            prefix(
                "prefix of its own",
                "the first half of the victim's id",
                node.open("half").redis("store", "keyPrefix", "vict"),
                guesses),
            prefix(
                "prefix with separator",
                "a prefix with a separator",
                node.open("bars").redis("store", "keyPrefix", "victim||"),
                guesses),
            prefix(
                "prefix with half a separator",
                "a prefix that ends in a bar",
                node.open("bar").redis("store", "keyPrefix", "victim|"),
                guesses),
            prefix(
                "prefix namespace",
                "a namespace that looks like the victim",
                node.open("x").namespace("victim").redis("store", "keyPrefix", "namespace"),
                guesses),
            prefix(
                "prefix empty",
                "an empty prefix",
                node.open("empty").redis("store", "keyPrefix", ""),
                guesses),
            prefix(
                "prefix placeholder",
                "a placeholder as prefix",
                node.open("held").redis("store", "keyPrefix", "{appID}"),
                guesses),
            prefix(
                "prefix twice",
                "the property in two spellings",
                node.open("twice").redis("store", "keyprefix", "none", "keyPrefix", "appid"),
                guesses),
            prefix(
                "other database",
                "database 0 by another name",
                node.open("db").redis("store", "redisDB", "00"),
                guesses)));
  }
}
