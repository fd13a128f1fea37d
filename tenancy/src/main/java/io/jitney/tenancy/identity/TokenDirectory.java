package io.jitney.tenancy.identity;

import io.jitney.tenancy.TenantId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * API tokens and whose they are.
 *
 * <p>Keeps no token, only SHA-256 digests over a random key of this process and the token. Looking
 * one up takes the same time whether it exists or not and however much of it is right: what the map
 * compares is the digest, which an attacker without the key can neither choose nor predict, and the
 * last comparison is {@link MessageDigest#isEqual}.
 *
 * <p>An app that has a token must present it: its address alone does not make a caller this app.
 * And whoever presents a token that nobody has is refused, never identified by address instead; an
 * app with an outdated token would otherwise become another app on the same address.
 *
 * <p>Threads: any; a replacement shows at once and whole.
 */
public final class TokenDirectory implements IdentityRule {

  /** A digest as a map key. */
  private static final class Digest {
    private final byte[] bytes;

    Digest(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Digest digest && MessageDigest.isEqual(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
      return ByteBuffer.wrap(bytes).getInt();
    }
  }

  private record Snapshot(Map<Digest, TenantId> owners, Set<TenantId> tenants) {}

  // Holds the key already; only ever cloned. A plain digest with the key in front serves, as no
  // digest leaves this object, and costs no set-up of the crypto framework at start.
  private final MessageDigest keyed = keyed();
  private volatile Snapshot snapshot = new Snapshot(Map.of(), Set.of());

  /**
   * Replaces all tokens.
   *
   * @param tokens by tenant; several are fine, while one is being exchanged for another. A tenant
   *     with an empty collection has no token and needs none; for a token that could not be read,
   *     give an empty string, and nobody gets in
   * @return problems, for the log and the status of the tenants named in them; free of secrets. A
   *     token claimed by two tenants identifies neither of them, and an empty one nobody
   */
  public List<String> replace(Map<TenantId, ? extends Collection<String>> tokens) {
    Map<Digest, TenantId> owners = new HashMap<>();
    Set<Digest> contested = new HashSet<>();
    Set<TenantId> tenants = new HashSet<>();
    List<String> problems = new ArrayList<>();
    tokens.forEach(
        (tenant, its) -> {
          for (String token : its) {
            tenants.add(tenant);
            if (token.isEmpty()) {
              problems.add(tenant + ": an API token is empty");
              continue;
            }
            Digest digest = digest(token);
            TenantId other = owners.putIfAbsent(digest, tenant);
            if (other != null && !other.equals(tenant)) {
              contested.add(digest);
              problems.add(
                  tenant + " and " + other + " have the same API token: it identifies neither");
            }
          }
        });
    owners.keySet().removeAll(contested);
    snapshot = new Snapshot(Map.copyOf(owners), Set.copyOf(tenants));
    return List.copyOf(problems);
  }

  /** Whose token it is, or null. */
  public @Nullable TenantId owner(String token) {
    return snapshot.owners.get(digest(token));
  }

  /** Whether the tenant has to present a token. */
  public boolean needsToken(TenantId tenant) {
    return snapshot.tenants.contains(tenant);
  }

  @Override
  public @Nullable Caller identify(ConnectionFacts facts) {
    String token = facts.token();
    if (token == null || token.isEmpty()) {
      return null;
    }
    TenantId owner = owner(token);
    return owner == null ? null : new Caller.ByToken(owner);
  }

  @Override
  public boolean speaksAgainst(Caller caller, ConnectionFacts facts) {
    return switch (caller) {
      case Caller.ByAddress(TenantId tenant) -> {
        String token = facts.token();
        if (token == null || token.isEmpty()) {
          yield needsToken(tenant);
        }
        yield !tenant.equals(owner(token));
      }
      case Caller.ByToken _, Caller.ByListener _ -> false;
    };
  }

  private Digest digest(String token) {
    try {
      MessageDigest digest = (MessageDigest) keyed.clone();
      return new Digest(digest.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 cannot be cloned here", e);
    }
  }

  private static MessageDigest keyed() {
    byte[] key = new byte[64];
    new SecureRandom().nextBytes(key);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(key);
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
