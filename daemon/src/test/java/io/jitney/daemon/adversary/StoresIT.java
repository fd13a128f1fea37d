package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

import io.dapr.v1.DaprSecretProtos.GetBulkSecretRequest;
import io.dapr.v1.DaprSecretProtos.GetSecretRequest;
import io.dapr.v1.DaprStateProtos.GetStateRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Components of others: by name, by file, by environment, by scope. */
class StoresIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  private static Attempt ask(String name, String tries, String line) {
    return Attempt.of(
        name, tries, () -> node.mallory().ask("GET " + line).refused(204, 400, 401, 403, 404, 500));
  }

  @TestFactory
  Stream<DynamicTest> byName() {
    Tenant mallory = node.mallory();
    List<Attempt> all = new ArrayList<>();
    all.add(
        Attempt.control("own secret", () -> mallory.ask("GET /v1.0/secrets/vault/own").as("mine")));
    all.add(
        Attempt.control(
            "victim's secret",
            () ->
                node.victim()
                    .tenant()
                    .ask("GET /v1.0/secrets/vault/db:password")
                    .ok(Victim.CANARY + "-password")));
    String strongroom = "strongroom-" + Victim.CANARY.toUpperCase(java.util.Locale.ROOT);
    for (String store :
        List.of(
            "memory",
            "file",
            "env",
            "vault%00",
            "vault/../strongroom",
            "victim%2Fvault",
            "victim%7C%7Cvault",
            "default.vault",
            "VAULT",
            "vault%20",
            strongroom.substring(0, 10))) {
      all.add(
          ask(
              "secrets of " + store,
              "a store of the victim's",
              "/v1.0/secrets/" + store + "/bulk"));
      all.add(
          ask(
              "secret of " + store,
              "a store of the victim's",
              "/v1.0/secrets/" + store + "/db:password"));
      all.add(
          ask("state of " + store, "a store of the victim's", "/v1.0/state/" + store + "/secret"));
    }
    for (String key :
        List.of(
            "db:password",
            "db",
            "db/password",
            "..%2Fvault.json",
            "key",
            "*",
            "%00",
            "..",
            "bulk%00")) {
      all.add(
          ask(
              "own store, " + key,
              "a secret of the victim's in the store of one's own",
              "/v1.0/secrets/vault/" + key));
    }
    for (String query :
        List.of(
            "metadata.namespace=default",
            "metadata.appId=victim",
            "metadata.secretsFile=../vault.json",
            "metadata.version_id=1",
            "metadata.prefix=DAPR_")) {
      all.add(
          ask(
              "metadata " + query,
              "request metadata that choose another file or namespace",
              "/v1.0/secrets/vault/db:password?" + query));
    }
    all.add(
        Attempt.of(
            "grpc by name",
            "the victim's stores over gRPC",
            () -> {
              for (String store : List.of("memory", "file", "env", "vault", "victim/vault")) {
                mallory
                    .dapr(
                        "GetSecret",
                        GetSecretRequest.newBuilder()
                            .setStoreName(store)
                            .setKey("db:password")
                            .build())
                    .withoutSecrets();
                mallory
                    .dapr(
                        "GetBulkSecret",
                        GetBulkSecretRequest.newBuilder().setStoreName(store).build())
                    .withoutSecrets();
                mallory
                    .dapr(
                        "GetState",
                        GetStateRequest.newBuilder().setStoreName(store).setKey("secret").build())
                    .withoutSecrets();
              }
            }));
    all.add(
        Attempt.of(
            "same name, same answer",
            "a store that the victim has and one that nobody has are told apart",
            () -> {
              for (String pattern : List.of("/v1.0/state/%s/x", "/v1.0/secrets/%s/x")) {
                String his = mallory.ask("GET " + pattern.formatted("memory")).text();
                String nobodys = mallory.ask("GET " + pattern.formatted("nobody")).text();
                assertThat(his.replace("memory", "nobody").replaceAll("content-length: \\d+", ""))
                    .isEqualTo(nobodys.replaceAll("content-length: \\d+", ""));
              }
            }));
    return Attempt.tests(node, all);
  }

  /** A tenant with that component reads that; the victim's is never in the answer. */
  private static Attempt component(
      String name, String tries, Tenant.Opening opening, String... lines) {
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
          assertThat(tenant.output()).doesNotContain(Victim.CANARY);
          if (!tenant.ended()) {
            for (String line : lines) {
              tenant.ask("GET " + line).refused(200, 204, 400, 403, 404, 500);
            }
            tenant.close();
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> byFileAndEnvironment() throws Exception {
    Path victims = node.victim().tenant().folder();
    assertThat(victims.resolve("data.db")).exists();
    Tenant.Opening linked = node.open("linked");
    Files.writeString(linked.folder().resolve("vault.json"), "{\"own\": \"mine\"}");
    String[] secrets = {
      "/v1.0/secrets/s/bulk",
      "/v1.0/secrets/s/db:password",
      "/v1.0/secrets/s/PRIVATE",
      "/v1.0/secrets/s/PATH",
      "/v1.0/secrets/s/HOME",
      "/v1.0/secrets/s/DAPR_API_TOKEN",
      "/v1.0/secrets/s/dapr_api_token",
      "/v1.0/secrets/s/APP_API_TOKEN"
    };
    return Attempt.tests(
        node,
        List.of(
            component(
                "relative secrets file",
                "a file of that name is looked for in the own folder",
                node.open("rel")
                    .component("s", "secretstores.local.file", "secretsFile", "vault.json"),
                secrets),
            component(
                "own file of the same name",
                "the own file is read, not the victim's",
                linked.component("s", "secretstores.local.file", "secretsFile", "./vault.json"),
                secrets),
            component(
                "a folder as file",
                "a folder",
                node.open("dir").component("s", "secretstores.local.file", "secretsFile", "."),
                secrets),
            component(
                "the process's environment",
                "what the daemon was started with",
                node.open("proc")
                    .component("s", "secretstores.local.file", "secretsFile", "/proc/self/environ"),
                secrets),
            component(
                "environment",
                "the environment of another, of the daemon",
                node.open("env").component("s", "secretstores.local.env"),
                secrets),
            component(
                "environment with prefix",
                "a prefix that makes a name that is withheld",
                node.open("env2")
                    .env("DAPR_API_TOKEN", "")
                    .env("APP_API_TOKEN", "t")
                    .component("s", "secretstores.local.env", "prefix", "PRI"),
                "/v1.0/secrets/s/VATE",
                "/v1.0/secrets/s/bulk"),
            component(
                "relative database",
                "a file of that name is made in the own folder",
                node.open("victim2")
                    .component("file", "state.sqlite", "connectionString", "data.db"),
                "/v1.0/state/file/secret",
                "/v1.0/state/file/victim%7C%7Csecret"),
            component(
                "the victim's database",
                "the file is the victim's, the keys are not",
                node.open("db")
                    .component("file", "state.sqlite", "connectionString", victims + "/data.db"),
                "/v1.0/state/file/secret",
                "/v1.0/state/file/victim%7C%7Csecret",
                "/v1.0/state/file/|pipe"),
            component(
                "the victim's database, its id elsewhere",
                "the victim's app id in another namespace",
                node.open("victim")
                    .namespace("evil")
                    .component("file", "state.sqlite", "connectionString", victims + "/data.db"),
                "/v1.0/state/file/secret",
                "/v1.0/state/file/other"),
            component(
                "the same by another URI",
                "the file under another name of its path",
                node.open("victim")
                    .namespace("evil2")
                    .component(
                        "file",
                        "state.sqlite",
                        "connectionString",
                        "file:" + victims + "/data.db?mode=rw"),
                "/v1.0/state/file/secret",
                "/v1.0/state/file/other"),
            component(
                "the same by dots",
                "the file by a path with dots",
                node.open("victim")
                    .namespace("evil3")
                    .component(
                        "file",
                        "state.sqlite",
                        "connectionString",
                        victims + "/../" + victims.getFileName() + "/data.db"),
                "/v1.0/state/file/secret",
                "/v1.0/state/file/other"),
            component(
                "table name",
                "SQL in the name of a table",
                node.open("table")
                    .component(
                        "file",
                        "state.sqlite",
                        "connectionString",
                        victims + "/data.db",
                        "tableName",
                        "state WHERE 1=1 OR key = ?; --"),
                "/v1.0/state/file/secret"),
            component(
                "shared memory",
                "an in-memory database by the name of another",
                node.open("shared")
                    .component(
                        "file",
                        "state.sqlite",
                        "connectionString",
                        "file:data.db?mode=memory&cache=shared"),
                "/v1.0/state/file/secret"),
            component(
                "in memory",
                "the component name of the victim's",
                node.open("mem").component("memory", "state.in-memory"),
                "/v1.0/state/memory/secret"),
            component(
                "in memory, another instance",
                "the victim's id and namespace, a store of its own",
                node.open("mem2").component("memory-x", "state.in-memory"),
                "/v1.0/state/memory-x/secret"),
            component(
                "variable of the daemon",
                "$VAR of the daemon in a Configuration",
                node.open("expand")
                    .config("features:\n- name: \"$PRIVATE$PATH\"\n  enabled: true\n"),
                "/v1.0/metadata"),
            component(
                "reference to the environment",
                "envRef to the victim's variable",
                node.open("ref")
                    .resource(
                        "e.yaml",
                        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: s\nspec:\n"
                            + "  type: state.redis\n  version: v1\n  metadata:\n  - name: redisHost\n"
                            + "    value: \""
                            + node.redis()
                            + "\"\n  - name: keyPrefix\n    envRef: PRIVATE\n"),
                "/v1.0/state/s/secret"),
            component(
                "reference to a secret",
                "secretKeyRef to the victim's store",
                node.open("ref2")
                    .resource(
                        "e.yaml",
                        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: s\nspec:\n"
                            + "  type: state.redis\n  version: v1\n  metadata:\n  - name: redisHost\n"
                            + "    secretKeyRef: {name: db, key: password}\nauth: {secretStore: vault}\n"),
                "/v1.0/state/s/secret",
                "/v1.0/metadata"),
            component(
                "resource of another",
                "a component that is scoped to the victim",
                node.open("scoped")
                    .resource(
                        "e.yaml",
                        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: s\nspec:\n"
                            + "  type: secretstores.local.file\n  version: v1\n  metadata:\n  - name: secretsFile\n"
                            + "    value: \""
                            + victims
                            + "/vault.json\"\nscopes: [victim]\n"),
                secrets)));
  }
}
