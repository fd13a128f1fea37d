package io.jitney.components.nats;

import io.jitney.components.pool.PoolKey;
import io.jitney.components.tls.PemTls;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the servers are and how to log in. Prints nothing that may be secret.
 *
 * @param urls comma-separated, possibly with user and password
 * @param name what the server shows the connection as
 * @param login how to log in beyond what the URLs say
 */
public record NatsAddress(String urls, String name, Login login) {
  /** A login. */
  public sealed interface Login {
    /** Nothing, or what the URL says. */
    record Url() implements Login {}

    record Token(String token) implements Login {
      @Override
      public String toString() {
        return "Token";
      }
    }

    /** A user's JWT, and the seed of the key that answers challenges. */
    record Jwt(String jwt, String seed) implements Login {
      @Override
      public String toString() {
        return "Jwt";
      }
    }

    record Certificate(PemTls tls) implements Login {}
  }

  PoolKey key() {
    Map<String, String> key = new HashMap<>();
    key.put("urls", urls);
    key.put("name", name);
    switch (login) {
      case Login.Url url -> key.put("login", "url");
      case Login.Token(String token) -> key.put("token", token);
      case Login.Jwt(String jwt, String seed) -> {
        key.put("jwt", jwt);
        key.put("seed", seed);
      }
      case Login.Certificate(PemTls tls) -> key.putAll(tls.identity());
    }
    return new PoolKey("nats", key);
  }

  /** For messages: hosts without logins. */
  public String hosts() {
    StringBuilder hosts = new StringBuilder();
    for (String url : urls.split(",", -1)) {
      String rest = url.strip();
      rest = rest.substring(rest.indexOf("://") < 0 ? 0 : rest.indexOf("://") + 3);
      hosts.append(hosts.isEmpty() ? "" : ",").append(rest.substring(rest.lastIndexOf('@') + 1));
    }
    return hosts.toString();
  }

  @Override
  public String toString() {
    return "NatsAddress[" + hosts() + "]";
  }
}
