"""A whole conversation between the three parties, with files, through the JSON API and nothing else.

Run it against the demo:  python docs/examples/conversation.py http://127.0.0.1:8000
"""

import sys
import uuid

import httpx

API = sys.argv[1].rstrip("/") + "/api/v1"


def sign_in(portal, email, **store):
    """Return a client of one person at one portal: admin, store or storefront."""
    asked = {"email": email, "password": "parley-demo", **store}
    token = httpx.post(f"{API}/{portal}/auth/token", json=asked).raise_for_status().json()["access_token"]
    return httpx.Client(base_url=f"{API}/{portal}", headers={"Authorization": f"Bearer {token}"})


def call(person, method, path, **what):
    """Ask, and stop at a refusal with its words."""
    answer = person.request(method, path, **what)
    if answer.is_error:
        sys.exit(f"{method} {answer.url}: {answer.json()['detail']}")
    return answer


def write(person, path, **what):
    """Write exactly once: sent again with the same key after a broken connection, it is the same message."""
    return call(person, "POST", path, headers={"Idempotency-Key": str(uuid.uuid4())}, **what).json()


ada = sign_in("admin", "ada@parley.example")
olga = sign_in("store", "olga@harbor.example")
mara = sign_in("storefront", "mara@customers.example", store="harbor-goods")

# The store writes to its customer, who answers with a photo and a list.
customer = call(olga, "GET", "/messages/recipients", params={"type": "customer", "q": "mara"}).json()["recipients"][0]
to_mara = {"type": "customer", "id": customer["id"]}
new = {"conversation_type": "store_customer", "subject": "Late parcel", "content": "Where is it?", "recipient": to_mara}
talk = f"/messages/{write(olga, '/messages', json=new)['id']}"
PIXEL = bytes.fromhex("47494638396101000100800000ffffff0000002c00000000010001000002024401003b")
files = [("files", ("parcel.gif", PIXEL)), ("files", ("contents.csv", b"article;pieces\ncup;2\n"))]
sent = write(mara, f"{talk}/messages", data={"content": "Here, look."}, files=files)

# The store reads it, fetches the list, answers and closes; nobody can write to it now.
print(
    call(olga, "GET", talk).json()["messages"][-1]["content"], "-", call(olga, "GET", "/messages/unread-count").json()
)
print(call(olga, "GET", f"{talk}/attachments/{sent['attachments'][1]['id']}").text)
call(olga, "PUT", f"{talk}/read", json={"up_to_seq": sent["seq"]})
write(olga, f"{talk}/messages", json={"content": "Two cups: a new parcel is on its way."})
print(call(olga, "POST", f"{talk}/close").json()["status"])
print(mara.post(f"{talk}/messages", json={"content": "Thank you!"}).json()["detail"])

# The platform asks the whole store, and reads its answer.
shop = {"type": "store", "store_id": customer["store"]["id"]}
new = {"conversation_type": "admin_store", "subject": "Parcels", "content": "Many late?", "recipient": shop}
question = f"/messages/{write(ada, '/messages', json=new)['id']}"
write(olga, f"{question}/messages", json={"content": "One, and it is solved."})
print(
    [message["sender"]["name"] + ": " + message["content"] for message in call(ada, "GET", question).json()["messages"]]
)
