"""Which certificate authorities a request trusts."""

from __future__ import annotations

import ssl

from feedhub.errors import Refused

__all__ = ["TrustStore"]

#: Many older town servers lack RFC 5746. A client that never renegotiates loses nothing by it.
_LEGACY_SERVER_CONNECT = 0x4


class TrustStore:
    """Makes TLS contexts and keeps them: each reads some 140 authorities."""

    def __init__(self) -> None:
        self._contexts: dict[tuple[str, bool], ssl.SSLContext] = {}

    def context(self, *, ca_file: str = "", verify: bool = True) -> ssl.SSLContext:
        """Return the context that trusts the well-known and the machine's own authorities.

        ``ca_file`` (PEM) is trusted beside them; without ``verify`` anybody is. Raises
        ``Refused`` when the file cannot be used.
        """
        key = (ca_file, verify)
        context = self._contexts.get(key)
        if context is None:
            import httpx  # its authorities are used, not its client

            context = httpx.create_ssl_context(verify=verify, trust_env=False)
            context.options |= _LEGACY_SERVER_CONNECT
            if verify:
                context.load_default_certs()
            if ca_file and verify:
                try:
                    context.load_verify_locations(cafile=ca_file)
                except (OSError, ssl.SSLError) as error:
                    raise Refused(
                        f"the file of certificates {ca_file} cannot be used: {error}"
                    ) from error
            self._contexts[key] = context
        return context
