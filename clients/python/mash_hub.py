"""The hub's inbox of an agency, over gRPC: who calls, the calls, and what a refusal says."""

import dataclasses
import pathlib
import sys
import uuid
from collections.abc import Iterator

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "generated"))

from google.rpc import error_details_pb2, status_pb2  # noqa: E402
from mash.notification.v1 import notice_pb2, notification_service_pb2, notification_service_pb2_grpc  # noqa: E402

# What a call waits for its answer. Subscribe has no end and gets none.
ANSWER_SECONDS = 30
# A subscription may be silent for hours; so that a connection that is gone is noticed, it is tried this often.
KEEPALIVE_MS = 60_000
# One id of a request for each notice, the same in every run: however often it is sent, it has one effect.
ACKNOWLEDGEMENTS = uuid.UUID("5b0f6f0e-6c0b-4c0a-9f43-6d1f6f1d2a07")

# The call may not have arrived, or the hub cannot take it now: the same again, later, is right.
TO_BE_REPEATED = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED}


@dataclasses.dataclass(frozen=True)
class Caller:
    """Who calls. The certificate names agency and system; the rest is said with each call."""

    authority: pathlib.Path  # PEM: whom the hub's certificate comes from
    certificate: pathlib.Path
    key: pathlib.Path
    role: str
    practitioner: str = ""  # empty: the system by itself

    def credentials(self) -> grpc.ChannelCredentials:
        return grpc.ssl_channel_credentials(
            root_certificates=self.authority.read_bytes(),
            private_key=self.key.read_bytes(),
            certificate_chain=self.certificate.read_bytes(),
        )

    def headers(self) -> list[tuple[str, str]]:
        headers = [("mash-role", self.role)]
        if self.practitioner:
            headers.append(("mash-practitioner", self.practitioner))
        return headers


class Refused(Exception):
    """The hub said no, or did not answer."""

    def __init__(self, error: grpc.RpcError):
        self.code: grpc.StatusCode = error.code()
        self.reason = ""  # stable: docs/errors.md
        self.retry_after = 0.0  # seconds, at least
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                self._read(value)
        super().__init__(f"{self.code.name} {self.reason}: {error.details()}")

    def _read(self, details: bytes) -> None:
        for detail in status_pb2.Status.FromString(details).details:
            info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
            if detail.Unpack(info):
                self.reason = info.reason
            elif detail.Unpack(retry):
                self.retry_after = retry.retry_delay.ToTimedelta().total_seconds()

    @property
    def is_to_be_repeated(self) -> bool:
        return self.code in TO_BE_REPEATED


class Hub:
    """A connection, which is made when it is first used. For one thread."""

    def __init__(self, address: str, caller: Caller):
        self._address = address
        self._caller = caller
        self._channel: grpc.Channel | None = None
        self.connect_anew()

    def connect_anew(self) -> None:
        """After a call that did not arrive: so the next one tries the hub at once, whatever gRPC holds of the connection that was."""
        self.close()
        self._channel = grpc.secure_channel(
            self._address,
            self._caller.credentials(),
            options=[
                ("grpc.keepalive_time_ms", KEEPALIVE_MS),
                ("grpc.http2.max_pings_without_data", 0),
                ("grpc.use_local_subchannel_pool", 1),
            ],
        )
        self._headers = self._caller.headers()
        self._stub = notification_service_pb2_grpc.NotificationServiceStub(self._channel)

    def close(self) -> None:
        if self._channel is not None:
            self._channel.close()

    def subscribe(self, after: int) -> Iterator[notification_service_pb2.SubscribeResponse]:
        """The notices after a cursor, and each new one as it comes. Ends by Refused alone, or when the hub stops."""
        request = notification_service_pb2.SubscribeRequest(after=after)
        try:
            yield from self._stub.Subscribe(request, metadata=self._headers)
        except grpc.RpcError as error:
            raise Refused(error) from error

    def acknowledge(self, notice: notice_pb2.Notice) -> None:
        """Says that the agency knows. However often, for one notice: it has one effect."""
        request = notification_service_pb2.AcknowledgeNoticeRequest(
            request_id=str(uuid.uuid5(ACKNOWLEDGEMENTS, notice.notice_id)), notice_id=notice.notice_id
        )
        try:
            self._stub.AcknowledgeNotice(request, metadata=self._headers, timeout=ANSWER_SECONDS)
        except grpc.RpcError as error:
            raise Refused(error) from error
