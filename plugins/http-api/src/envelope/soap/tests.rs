use super::*;

#[test]
fn a_fault_is_known_in_both_versions_whatever_its_prefix() {
    for (text, said) in [
        (
            r#"<?xml version="1.0" encoding="utf-8"?>
               <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>
               <faultcode>soap:Server</faultcode><faultstring xml:lang="zh">余额不足 &amp; 已停用</faultstring>
               <detail><message>x</message></detail></soap:Fault></soap:Body></soap:Envelope>"#,
            "余额不足 & 已停用",
        ),
        (
            r#"<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Header/><env:Body><env:Fault>
               <env:Code><env:Value>env:Sender</env:Value></env:Code><env:Reason><env:Text xml:lang="en"> </env:Text>
               <env:Text xml:lang="zh"><![CDATA[库存不足]]></env:Text></env:Reason></env:Fault></env:Body></env:Envelope>"#,
            "库存不足",
        ),
        (
            "\u{feff}<!-- x --><Envelope><Body><Fault><faultstring>&#24536;了</faultstring></Fault></Body></Envelope>",
            "忘了",
        ),
        ("<S:Envelope><S:Body><S:Fault/></S:Body></S:Envelope>", ""),
    ] {
        assert_eq!(fault(text).as_deref(), Some(said), "{text}");
    }
}

#[test]
fn what_holds_the_word_elsewhere_is_no_fault() {
    for text in [
        "<s:Envelope><s:Body><GetResponse><Result>Fault: none</Result></GetResponse></s:Body></s:Envelope>",
        "<s:Envelope><s:Body><GetResponse><Fault>E5</Fault></GetResponse></s:Body></s:Envelope>",
        "<s:Envelope><s:Header><Fault>x</Fault></s:Header><s:Body><Ok/></s:Body></s:Envelope>",
        "<s:Envelope><s:Body><!-- <s:Fault/> --><Ok/></s:Body></s:Envelope>",
        "<s:Envelope><s:Body><Text><![CDATA[<s:Fault/>]]></Text></s:Body></s:Envelope>",
        "<Fault><faultstring>x</faultstring></Fault>",
        "<Devices><Body><Fault>E5</Fault></Body></Devices>",
        "<Page><Envelope><Body><Fault/></Body></Envelope></Page>",
        "<s:Envelope><s:Body><s:Fault></s:Body>",
        "Envelope Body Fault faultstring",
        "{}",
        "",
    ] {
        assert_eq!(fault(text), None, "{text}");
    }
}
