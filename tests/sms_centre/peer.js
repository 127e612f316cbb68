// An SMS centre for tests and benchmarks, on the npm package smpp: accepts messages, sends receipts and people's
// replies, and misbehaves when told to.
//
//   node peer.js RECORD [OPTIONS]
//
// RECORD gets a line of JSON for each thing that happens. OPTIONS is JSON: password, tls {key, cert}. Orders come as
// lines of JSON on standard input. What is not acknowledged when a line breaks goes out again on the next one.

'use strict'

const fs = require('fs')
const path = require('path')
const readline = require('readline')

const modules = path.join(__dirname, '..', '..', 'var', 'node', 'node_modules')
const smpp = require(path.join(modules, 'smpp'))

const RETRY_AFTER = 200
const record = fs.openSync(process.argv[2], 'a')
const options = JSON.parse(process.argv[3] || '{}')
const sessions = []
const outgoing = []
let unacknowledged = 0
let submitted = 0
let next = 0

// How to behave; orders change it.
const mood = {
  statuses: [], // for the next messages, instead of taking them
  throttle_after: 0, // take so many messages and throttle the next one
  receipts: 'after', // after, before, twice or none
  receipt_delay: 0,
  state: 'DELIVRD',
  state_code: 2,
  reference: true, // give the user message reference back
  answer: true, // answer messages at all
  answer_enquiries: true,
  drop_after: 0, // break the line after so many more messages, the last of them unanswered
  window: 50, // deliveries without acknowledgement
}

function note(what) {
  fs.writeSync(record, JSON.stringify(what) + '\n')
}

function deliver(pdu) {
  outgoing.push(pdu)
  pump()
}

function pump() {
  while (outgoing.length && sessions.length && unacknowledged < mood.window) {
    const session = sessions[next++ % sessions.length]
    const delivery = outgoing.shift()
    unacknowledged++
    session.unanswered.add(delivery)
    session.deliver_sm(Object.assign({}, delivery), (answer) => {
      if (!session.unanswered.delete(delivery)) return
      unacknowledged--
      note({ kind: 'acknowledged', number: delivery.number, status: answer.command_status })
      if (answer.command_status) setTimeout(() => deliver(delivery), RETRY_AFTER)
      pump()
    })
  }
}

function receiptFor(pdu, id) {
  const text = `id:${id} sub:001 dlvrd:001 submit date:2611240900 done date:2611240901 stat:${mood.state} err:000 text:`
  const receipt = {
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    esm_class: 4,
    data_coding: 0,
    short_message: Buffer.from(text, 'ascii'),
    receipted_message_id: id,
    message_state: mood.state_code,
  }
  if (mood.reference) receipt.user_message_reference = pdu.user_message_reference
  return receipt
}

function submit(session, pdu) {
  if (mood.statuses.length) {
    session.send(pdu.response({ command_status: mood.statuses.shift() }))
    return
  }
  if (mood.throttle_after && --mood.throttle_after === 0) mood.statuses = [smpp.ESME_RTHROTTLED]
  const id = `m${process.pid}-${++submitted}`
  const content = pdu.message_payload || pdu.short_message
  note({
    kind: 'taken',
    id,
    to: pdu.destination_addr,
    to_kind: pdu.dest_addr_ton,
    from: pdu.source_addr,
    text: content.message,
    header: (content.udh || []).map((element) => element.toString('hex')),
    as_payload: Boolean(pdu.message_payload),
    coding: pdu.data_coding,
    reference: pdu.user_message_reference,
    receipt_wanted: pdu.registered_delivery,
  })
  const receipt = receiptFor(pdu, id)
  if (mood.receipts === 'before') deliver(receipt)
  if (mood.drop_after && --mood.drop_after === 0) {
    session.destroy()
  } else if (mood.answer) {
    session.send(pdu.response({ message_id: id }))
  }
  if (mood.receipts === 'after' || mood.receipts === 'twice') {
    setTimeout(() => {
      deliver(receipt)
      if (mood.receipts === 'twice') deliver(Object.assign({}, receipt))
    }, mood.receipt_delay)
  }
}

function sign_in(session, pdu) {
  const refused = options.password && pdu.password !== options.password
  note({ kind: 'sign_in', system_id: pdu.system_id, refused: Boolean(refused) })
  if (refused) {
    session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }))
    return
  }
  session.send(pdu.response({ system_id: 'peer' }))
  sessions.push(session)
  pump()
}

function gone(session) {
  const at = sessions.indexOf(session)
  if (at < 0) return
  sessions.splice(at, 1)
  unacknowledged -= session.unanswered.size
  outgoing.unshift(...session.unanswered)
  session.unanswered.clear()
  note({ kind: 'gone' })
  pump()
}

// Replies at a steady speed, each with a number of its own.
function flood(order) {
  let sent = 0
  const started = Date.now()
  const timer = setInterval(() => {
    const due = Math.min(order.count, Math.floor(((Date.now() - started) * order.per_second) / 1000))
    for (; sent < due; sent++) {
      deliver({
        number: sent,
        source_addr: `86154${String(10000000 + sent)}`,
        destination_addr: order.to,
        esm_class: 0,
        data_coding: 8,
        short_message: Buffer.from(`同意${sent}`, 'utf16le').swap16(),
      })
    }
    if (sent === order.count) clearInterval(timer)
  }, 5)
}

const orders = {
  mood: (order) => {
    Object.assign(mood, order.mood)
    note({ kind: 'mood' })
  },
  drop: () => sessions.slice().forEach((session) => session.destroy()),
  unbind: () => sessions.slice().forEach((session) => session.unbind()),
  enquire: () => sessions.forEach((session) => session.enquire_link(() => note({ kind: 'alive' }))),
  unknown: () => sessions.forEach((session) => session.query_sm({ message_id: '1' }, (answer) => note({ kind: answer.command }))),
  deliver: (order) => {
    const pdu = Object.assign({ number: order.number }, order.pdu)
    for (const name of ['short_message', 'message_payload']) {
      if (name in pdu) pdu[name] = Buffer.from(pdu[name], 'hex')
    }
    deliver(pdu)
  },
  flood,
}

const server = smpp.createServer(options.tls || {}, (session) => {
  session.unanswered = new Set()
  session.on('bind_transceiver', (pdu) => sign_in(session, pdu))
  session.on('submit_sm', (pdu) => submit(session, pdu))
  session.on('enquire_link', (pdu) => {
    note({ kind: 'enquired' })
    if (mood.answer_enquiries) session.send(pdu.response())
  })
  session.on('unbind', (pdu) => {
    session.send(pdu.response())
    session.close()
  })
  session.on('close', () => gone(session))
  session.on('error', () => session.destroy())
})

server.listen(0, '127.0.0.1', () => console.log(server.address().port))
server.on('tlsClientError', () => {})

readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    const order = JSON.parse(line)
    orders[order.do](order)
  })
  .on('close', () => process.exit(0))
