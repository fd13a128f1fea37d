package io.jitney.daemon.node;

import io.jitney.tenancy.InstanceId;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.identity.AddressDirectory;
import io.jitney.tenancy.identity.Caller;
import io.jitney.tenancy.identity.ConnectionFacts;
import io.jitney.tenancy.identity.IdentityChain;
import io.jitney.tenancy.identity.IdentityRule;
import io.jitney.tenancy.identity.TokenDirectory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is let in on the node's listener: what apps files declare and the API tokens of virtual
 * sidecars, asked through the identity chain. Nothing that a client sends besides its token takes
 * part.
 *
 * <p>Threads: any. {@link #identify} takes no lock.
 */
public final class CallerIdentity {
  /**
   * What makes a caller one declared app.
   *
   * @param tokens API tokens; an empty one lets nobody in, for a token that could not be read
   * @param addresses addresses and CIDR ranges; with any of them, tokens count only from there
   */
  public record Credentials(Collection<String> tokens, Collection<String> addresses) {
    public Credentials {
      tokens = List.copyOf(tokens);
      addresses = List.copyOf(addresses);
    }

    /** Without the tokens. */
    @Override
    public String toString() {
      return "Credentials[" + tokens.size() + " tokens, addresses=" + addresses + "]";
    }
  }

  private final TokenDirectory tokens = new TokenDirectory();
  private final AddressDirectory addresses = new AddressDirectory();
  private final IdentityChain chain;

  // Guarded by this.
  private Map<TenantId, Credentials> declared = Map.of();
  private final Map<InstanceId, String> ofInstances = new HashMap<>();

  private volatile long version;

  /**
   * @param stronger rules that are asked before tokens and addresses: where pod watch,
   *     service-account tokens and a socket for each pod come in. Their owners call {@link
   *     #changed} when their answers change
   */
  public CallerIdentity(List<IdentityRule> stronger) {
    List<IdentityRule> rules = new ArrayList<>(stronger);
    rules.add(tokens);
    rules.add(addresses);
    chain = new IdentityChain(rules);
  }

  /** The caller, or null when it is unknown or contradicts itself. */
  public @Nullable Caller identify(ConnectionFacts facts) {
    return chain.identify(facts);
  }

  /**
   * Grows with each change. An answer of {@link #identify} holds while this is what it was before
   * the question; from then on the question has to be asked again.
   */
  public long version() {
    return version;
  }

  /** Replaces what the apps files say, live and whole. Returns problems, free of secrets. */
  public synchronized List<String> declare(Map<TenantId, Credentials> apps) {
    declared = Map.copyOf(apps);
    return apply();
  }

  /** A virtual sidecar runs: the API token that its app was given makes a caller this app. */
  public synchronized void opened(InstanceId instance, String apiToken) {
    if (!apiToken.isEmpty()) {
      ofInstances.put(instance, apiToken);
      apply();
    }
  }

  /** An instance has closed. */
  public synchronized void closed(InstanceId instance) {
    if (ofInstances.remove(instance) != null) {
      apply();
    }
  }

  /** Lets every pinned answer be asked for again. */
  public synchronized void changed() {
    version++;
  }

  private List<String> apply() {
    Map<TenantId, List<String>> allTokens = new HashMap<>();
    Map<TenantId, Collection<String>> allAddresses = new HashMap<>();
    declared.forEach(
        (tenant, its) -> {
          allTokens.put(tenant, new ArrayList<>(its.tokens()));
          allAddresses.put(tenant, its.addresses());
        });
    ofInstances.forEach(
        (instance, token) ->
            allTokens.computeIfAbsent(instance.tenant(), key -> new ArrayList<>(1)).add(token));
    // Addresses first: a new token must never count without its addresses.
    List<String> problems = new ArrayList<>(addresses.replace(allAddresses));
    problems.addAll(tokens.replace(allTokens));
    changed();
    return problems;
  }
}
