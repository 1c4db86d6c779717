import os
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="true"
import pytest
from datetime import UTC, datetime, timedelta
from playwright.sync_api import sync_playwright
from tests.web.staff import member, browser
from broadcaster.domain.permissions import Role
from broadcaster.store.models import *
from broadcaster.services.tokens import make_token, revoke_token
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.domain.scopes import Scope
pytestmark=[pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore")]
def test_look(live_server):
    now=datetime.now(UTC)
    for i,(n,sc) in enumerate([("Электронный дневник",list(Scope)),("Сайт школы",[Scope.REPORTS]),("Столовая",[Scope.WRITE])]):
        t,_=make_token(n,sc,by=COMMAND_LINE,now=now,expires_at=now+timedelta(days=30) if i==1 else None)
        if i==2: revoke_token(t.pk,by=COMMAND_LINE,now=now)
    w=Webhook.objects.create(url="https://diary.school.example/hooks/announcements?school=1543&key=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",secret="whsec_x",events=["announcement.finished","announcement.failed"],made_at=now)
    w2=Webhook.objects.create(url="https://site.example/",secret="whsec_x",events=["announcement.failed"],made_at=now,stopped_at=now)
    WebhookCall.objects.create(webhook=w,event="announcement.finished",subject="a",payload={},attempts=1,done_at=now,answer="200")
    WebhookCall.objects.create(webhook=w,event="announcement.failed",subject="a",payload={},attempts=3,due_at=now,answer="timeout")
    WebhookCall.objects.create(webhook=w2,event="test",subject="b",payload={},attempts=8,answer="503")
    client=browser(member(Role.ADMINISTRATOR,name="Ольга Сергеевна"))
    cookie=client.cookies["sessionid"].value
    with sync_playwright() as p:
        b=p.chromium.launch(executable_path="/usr/bin/chromium",args="--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split())
        for scheme,width in [("light",1200),("dark",1200),("light",360)]:
            c=b.new_context(color_scheme=scheme,viewport={"width":width,"height":900})
            c.add_cookies([{"name":"sessionid","value":cookie,"url":live_server.url}])
            page=c.new_page()
            page.on("console",lambda m: print("CONSOLE",m.text))
            page.on("pageerror",lambda m: print("ERR",m))
            for name,path in [("tokens","/settings/tokens/"),("webhooks","/settings/webhooks/"),("docs","/api/v1/docs")]:
                page.goto(live_server.url+path)
                if name=="tokens":
                    page.fill("#id_name","Проверка"); page.check("#id_scopes_0"); page.click("text=Создать ключ")
                    page.wait_for_selector("#secret")
                print(name,scheme,width,"overflow",page.evaluate("document.documentElement.scrollWidth>innerWidth"))
                page.screenshot(path=f"/tmp/i/{name}-{scheme}-{width}.png",full_page=(name!="docs"))
        b.close()
